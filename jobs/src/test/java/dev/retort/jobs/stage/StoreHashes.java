package dev.retort.jobs.stage;

import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The content of a store without the names of attempts: stage, fingerprint, hash of each shard. */
public final class StoreHashes {
  private StoreHashes() {}

  public static SortedMap<String, String> of(java.nio.file.Path work) {
    return of(WorkRoot.of(work));
  }

  static SortedMap<String, String> of(WorkRoot work) {
    Store store = Store.open(work);
    SortedMap<String, String> hashes = new TreeMap<>();
    for (String stage : folders(work, "store")) {
      for (String fingerprint : folders(work, "store/" + stage)) {
        hashes.put(
            stage + "/" + fingerprint,
            store.open(stage, new Sha256(fingerprint)).completed().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().hash())
                .toList()
                .toString());
      }
    }
    return hashes;
  }

  private static List<String> folders(WorkRoot work, String folder) {
    try {
      FileSystem fileSystem = FileSystem.get(work.uri(), work.hadoop());
      return Arrays.stream(fileSystem.listStatus(new Path(new Path(work.uri()), folder)))
          .filter(FileStatus::isDirectory)
          .map(status -> status.getPath().getName())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
