package dev.retort.jobs.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Counts what lies in a store on this machine, file by file: work that was done twice shows as a
 * shard in two chunks, work that a kill lost as a data file without a manifest.
 *
 * @param shards the different shards of all stages
 * @param committed the shards of all chunks; more than {@code shards} if some were computed twice
 * @param samples what the different shards hold
 * @param openChunks data files of chunks that were not committed
 */
public record StoreCensus(int shards, int committed, long samples, int openChunks) {

  /** The census of the stages whose names {@code prefix} begins. */
  public static StoreCensus of(Path work, String prefix) {
    Set<String> shards = new HashSet<>();
    Set<String> inManifests = new HashSet<>();
    int committed = 0;
    long samples = 0;
    int dataFiles = 0;
    for (Path file : files(work.resolve("store"))) {
      Path stage = file.getParent();
      if (!work.resolve("store").relativize(file).toString().startsWith(prefix)) {
        continue;
      }
      String name = file.getFileName().toString();
      if (StoreNames.isChunkManifest(name)) {
        for (var manifest : open(file)) {
          manifest.files().forEach(data -> inManifests.add(stage + "/" + data.name()));
          for (var shard : manifest.chunk().shards().entrySet()) {
            committed++;
            samples += shards.add(stage + "/" + shard.getKey()) ? shard.getValue().samples() : 0;
          }
        }
      } else if (name.matches("p\\d{5}-s.*")) {
        dataFiles++;
      }
    }
    return new StoreCensus(shards.size(), committed, samples, dataFiles - inManifests.size());
  }

  /** The census of the whole store. */
  public static StoreCensus of(Path work) {
    return of(work, "");
  }

  private static List<ChunkIndex.Committed> open(Path manifest) {
    try {
      return Sealed.open(Files.readAllBytes(manifest), ChunkIndex.Committed.class).stream()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
