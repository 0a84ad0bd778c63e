package dev.retort.jobs.stage;

import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The content of a store without the names of attempts: stage, fingerprint, hash of each shard. */
public final class StoreHashes {
  private StoreHashes() {}

  public static SortedMap<String, String> of(Path work) {
    Store store = Store.open(WorkRoot.of(work));
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Path stage : children(work.resolve("store"))) {
      for (Path fingerprint : children(stage)) {
        String name = stage.getFileName() + "/" + fingerprint.getFileName();
        hashes.put(
            name,
            store
                .open(
                    stage.getFileName().toString(),
                    new Sha256(fingerprint.getFileName().toString()))
                .completed()
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().hash())
                .toList()
                .toString());
      }
    }
    return hashes;
  }

  private static List<Path> children(Path folder) {
    try (Stream<Path> children = Files.list(folder)) {
      return children.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
