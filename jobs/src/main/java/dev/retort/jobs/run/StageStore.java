package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The results of one stage: shards by (part, shard), committed chunk by chunk, and whole-stage
 * results such as a model or a descriptor.
 *
 * <p>For a shard that several chunks hold, every reader takes the valid manifest with the smallest
 * name. Thread-safe; executors get one by {@link StageAddress#open}.
 */
public final class StageStore {
  /** What data files are called that a caller gives no other suffix. */
  private static final String DATA_SUFFIX = "parquet";

  private final StageAddress address;
  private final WorkFiles files;
  private final ChunkIndex chunks;
  private final ResultFiles results;

  StageStore(StageAddress address, WorkFiles files) {
    this.address = address;
    this.files = files;
    this.chunks = new ChunkIndex(address, files);
    this.results = new ResultFiles(address, files);
  }

  /** What to send to an executor. */
  public StageAddress address() {
    return address;
  }

  /** The file system that {@link #newDataFile} and {@link #path} are on. */
  public FileSystem fileSystem() {
    return files.fileSystem();
  }

  /** A name for a new data file {@code .parquet} of the chunk from {@code firstShard} on. */
  public Path newDataFile(int part, int firstShard, Attempt attempt) {
    return newDataFile(part, firstShard, attempt, DATA_SUFFIX);
  }

  /** As {@link #newDataFile(int, int, Attempt)}; one attempt's files differ in their suffixes. */
  public Path newDataFile(int part, int firstShard, Attempt attempt, String suffix) {
    return path(StoreNames.chunkData(part, firstShard, attempt, suffix));
  }

  /** Where a file lies that an entry names. */
  public Path path(String file) {
    return new Path(address.folder(), file);
  }

  /** Writes a data file, which must be a new one, and gives its name for the entries. */
  public String write(Path dataFile, Content content) {
    return files.create(dataFile, content).name();
  }

  /** Deletes a data file of an attempt that failed: nothing refers to it. */
  public void discard(Path dataFile) {
    files.discard(dataFile);
  }

  /** The bytes of a whole data file that an entry names. */
  public byte[] read(String file) {
    Path path = path(file);
    return files
        .read(path)
        .orElseThrow(
            () ->
                new InfrastructureError(
                    "Cannot read %s: it is gone; repeat the command".formatted(path)));
  }

  /**
   * Commits a chunk whose data files are written and closed: reads them again, then writes the
   * manifest and reads it again.
   *
   * @throws InfrastructureError if a file cannot be read back; the chunk then counts as absent
   */
  public void commit(ChunkManifest chunk) {
    chunks.commit(chunk);
  }

  /**
   * As {@link #commit(ChunkManifest)}, with each shard read again by {@code reader}.
   *
   * @throws InfrastructureError also if the logical hash of a shard is not its entry's
   */
  public void commit(ChunkManifest chunk, ShardHash reader) {
    chunk.shards().forEach((shard, entry) -> verify(shard, entry, reader));
    commit(chunk);
  }

  /**
   * The finished shards. Length and hash of every data file are checked, once for each store
   * object; a chunk with a corrupt file is marked as void for all readers.
   */
  public SortedMap<ShardKey, ShardEntry> completed() {
    return chunks.entries(ChunkIndex.Check.HASH);
  }

  /**
   * As {@link #completed}, but data files are checked by length only: for reading what {@link
   * #completed}, {@link #check} or a commit of this run has checked.
   */
  public SortedMap<ShardKey, ShardEntry> located() {
    return chunks.entries(ChunkIndex.Check.LENGTH);
  }

  /** Manifests of chunks whose hashes this object has not checked, with their bytes of data. */
  public SortedMap<String, Long> unchecked() {
    return chunks.unchecked();
  }

  /**
   * Checks the hash of the chunk of {@code manifest}; if it is corrupt, no reader sees it again.
   */
  public void check(String manifest) {
    chunks.check(manifest);
  }

  /** The shards of {@code part} out of {@code shards} that {@link #located} does not have. */
  public SortedSet<Integer> missing(int part, int shards) {
    SortedMap<ShardKey, ShardEntry> located = located();
    SortedSet<Integer> missing = new TreeSet<>();
    for (int shard = 0; shard < shards; shard++) {
      if (!located.containsKey(new ShardKey(part, shard))) {
        missing.add(shard);
      }
    }
    return missing;
  }

  /** Commits a whole-stage result of several files, by one manifest; names are the caller's. */
  public StageResult putResult(SortedMap<String, Content> contents) {
    return results.put(Attempt.begin(), contents);
  }

  /** As {@link #putResult(SortedMap)}, with one file. */
  public StageResult putResult(String name, byte[] bytes) {
    return putResult(new TreeMap<>(Map.of(name, Content.of(bytes))));
  }

  /** The whole-stage result, if there is a whole one; length and hash of its files are checked. */
  public Optional<StageResult> result() {
    return results.find();
  }

  /** Deletes the stage with all its results. */
  public void delete() {
    files.deleteFolder(address.folder());
  }

  private void verify(int shard, ShardEntry entry, ShardHash reader) {
    Sha256 found = reader.hash(path(entry.file()), entry.rowGroup());
    if (!found.equals(entry.hash())) {
      throw new InfrastructureError(
          "Cannot commit shard %d: %s, row group %d, reads back with hash %s, must be %s; check the storage and repeat the command"
              .formatted(shard, path(entry.file()), entry.rowGroup(), found, entry.hash()));
    }
  }

  /** Reads a shard back and gives the hash of its logical content. */
  @FunctionalInterface
  public interface ShardHash {
    Sha256 hash(Path file, int rowGroup);
  }
}
