package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Writes and finds the whole-stage results of one stage. */
final class ResultFiles {
  /** What stands in a manifest's file: the stored files by the names that the caller gave. */
  record Committed(
      String stage, Sha256 fingerprint, Attempt attempt, SortedMap<String, StoredFile> files) {
    Committed {
      files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }
  }

  private final StageAddress address;
  private final WorkFiles files;

  ResultFiles(StageAddress address, WorkFiles files) {
    this.address = address;
    this.files = files;
  }

  StageResult put(Attempt attempt, SortedMap<String, Content> contents) {
    try {
      return commit(attempt, contents);
    } catch (RuntimeException e) {
      contents.keySet().forEach(name -> files.discard(file(attempt, name)));
      throw e;
    }
  }

  private StageResult commit(Attempt attempt, SortedMap<String, Content> contents) {
    SortedMap<String, StoredFile> stored = new TreeMap<>();
    contents.forEach(
        (name, content) -> {
          Path file = file(attempt, name);
          StoredFile written = files.create(file, content);
          if (!files.examine(file).equals(Optional.of(written))) {
            throw unreadable(file);
          }
          stored.put(name, written);
        });
    Path manifest = new Path(address.folder(), StoreNames.resultManifest(attempt));
    Committed committed = new Committed(address.stage(), address.fingerprint(), attempt, stored);
    files.create(manifest, Content.of(Sealed.seal(committed)));
    return parse(manifest)
        .map(found -> new StageResult(address, files, found.files()))
        .orElseThrow(() -> unreadable(manifest));
  }

  private Path file(Attempt attempt, String name) {
    return new Path(address.folder(), StoreNames.resultFile(attempt, name));
  }

  Optional<StageResult> find() {
    return files.list(address.folder()).keySet().stream()
        .filter(StoreNames::isResultManifest)
        .flatMap(name -> parse(new Path(address.folder(), name)).stream())
        .filter(this::isIntact)
        .findFirst()
        .map(committed -> new StageResult(address, files, committed.files()));
  }

  private boolean isIntact(Committed committed) {
    return committed.files().values().stream()
        .allMatch(
            file ->
                files.examine(new Path(address.folder(), file.name())).equals(Optional.of(file)));
  }

  private Optional<Committed> parse(Path manifest) {
    return files
        .read(manifest)
        .flatMap(bytes -> Sealed.open(bytes, Committed.class))
        .filter(
            committed ->
                committed.stage().equals(address.stage())
                    && committed.fingerprint().equals(address.fingerprint())
                    && StoreNames.resultManifest(committed.attempt()).equals(manifest.getName()));
  }

  private static InfrastructureError unreadable(Path file) {
    return new InfrastructureError(
        "Cannot commit %s: it cannot be read back as it was written; check the storage and repeat the command"
            .formatted(file));
  }
}
