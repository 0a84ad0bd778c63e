package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes and finds the chunk manifests of one stage. */
final class ChunkIndex {
  private static final Logger LOG = LoggerFactory.getLogger(ChunkIndex.class);

  /** How far data files are checked. */
  enum Check {
    LENGTH,
    HASH
  }

  /** What stands in a manifest's file. */
  record Committed(String stage, Sha256 fingerprint, ChunkManifest chunk, List<StoredFile> files) {
    Committed {
      files = List.copyOf(files);
    }
  }

  private final StageAddress address;
  private final WorkFiles files;
  private final Map<String, Committed> manifests = new ConcurrentHashMap<>();
  private final Set<StoredFile> intact = ConcurrentHashMap.newKeySet();

  ChunkIndex(StageAddress address, WorkFiles files) {
    this.address = address;
    this.files = files;
  }

  void commit(ChunkManifest chunk) {
    List<StoredFile> data = new ArrayList<>();
    for (String name : dataFiles(chunk)) {
      Path file = new Path(address.folder(), name);
      data.add(files.examine(file).orElseThrow(() -> unreadable(file)));
    }
    Path manifest = new Path(address.folder(), StoreNames.chunkManifest(chunk));
    Committed committed = new Committed(address.stage(), address.fingerprint(), chunk, data);
    files.create(manifest, Content.of(Sealed.seal(committed)));
    if (!parse(manifest).equals(Optional.of(committed))) {
      throw unreadable(manifest);
    }
  }

  SortedMap<ShardKey, ShardEntry> entries(Check check) {
    SortedMap<ShardKey, ShardEntry> entries = new TreeMap<>();
    whole()
        .forEach(
            (name, committed) -> {
              if (check == Check.LENGTH || isIntact(name, committed)) {
                add(committed.chunk(), entries);
              }
            });
    return entries;
  }

  /** The chunks whose hashes this object has not checked: the length of their files by manifest. */
  SortedMap<String, Long> unchecked() {
    SortedMap<String, Long> unchecked = new TreeMap<>();
    whole()
        .forEach(
            (name, committed) -> {
              if (!intact.containsAll(committed.files())) {
                unchecked.put(
                    name, committed.files().stream().mapToLong(StoredFile::lengthBytes).sum());
              }
            });
    return unchecked;
  }

  /** Checks the hash of one chunk, which is marked as void if it is corrupt. */
  void check(String manifest) {
    manifest(manifest).ifPresent(committed -> isIntact(manifest, committed));
  }

  /** The manifests that are valid and whose files have their lengths, by name. */
  private SortedMap<String, Committed> whole() {
    SortedMap<String, Long> present = files.list(address.folder());
    SortedMap<String, Committed> whole = new TreeMap<>();
    for (String name : present.keySet()) {
      if (StoreNames.isChunkManifest(name) && !present.containsKey(StoreNames.voidMark(name))) {
        manifest(name)
            .filter(committed -> isWhole(committed, present))
            .ifPresent(committed -> whole.put(name, committed));
      }
    }
    return whole;
  }

  private static void add(ChunkManifest chunk, SortedMap<ShardKey, ShardEntry> entries) {
    chunk
        .shards()
        .forEach((shard, entry) -> entries.putIfAbsent(new ShardKey(chunk.part(), shard), entry));
  }

  private Optional<Committed> manifest(String name) {
    Committed known = manifests.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Committed> found = parse(new Path(address.folder(), name));
    found.ifPresent(committed -> manifests.put(name, committed));
    return found;
  }

  /** The manifest, if it is whole and stands under its own name in its own stage. */
  private Optional<Committed> parse(Path manifest) {
    return files
        .read(manifest)
        .flatMap(bytes -> Sealed.open(bytes, Committed.class))
        .filter(
            committed ->
                committed.stage().equals(address.stage())
                    && committed.fingerprint().equals(address.fingerprint())
                    && StoreNames.chunkManifest(committed.chunk()).equals(manifest.getName()));
  }

  private static boolean isWhole(Committed committed, SortedMap<String, Long> present) {
    return committed.files().stream()
        .allMatch(file -> Long.valueOf(file.lengthBytes()).equals(present.get(file.name())));
  }

  private boolean isIntact(String manifest, Committed committed) {
    for (StoredFile file : committed.files()) {
      if (!intact.contains(file)
          && !files.examine(new Path(address.folder(), file.name())).equals(Optional.of(file))) {
        markVoid(manifest, file);
        return false;
      }
      intact.add(file);
    }
    return true;
  }

  /** Makes every reader skip the chunk, so that all go on choosing the same one. */
  private void markVoid(String manifest, StoredFile corrupt) {
    LOG.warn(
        "Data file {} does not have the hash {} of its manifest; its shards are made again",
        corrupt.name(),
        corrupt.sha256());
    files.put(
        new Path(address.folder(), StoreNames.voidMark(manifest)),
        Content.of(corrupt.name() + " does not have the hash " + corrupt.sha256() + "\n"));
  }

  private static Set<String> dataFiles(ChunkManifest chunk) {
    String prefix = StoreNames.chunk(chunk.part(), chunk.firstShard(), chunk.attempt()) + ".";
    Set<String> names = new TreeSet<>();
    for (ShardEntry entry : chunk.shards().values()) {
      if (!entry.file().startsWith(prefix)) {
        throw new IllegalArgumentException(entry.file() + " is not a data file of " + prefix);
      }
      names.add(entry.file());
    }
    return names;
  }

  private static InfrastructureError unreadable(Path file) {
    return new InfrastructureError(
        "Cannot commit %s: it cannot be read back as it was written; check the storage and repeat the command"
            .formatted(file));
  }
}
