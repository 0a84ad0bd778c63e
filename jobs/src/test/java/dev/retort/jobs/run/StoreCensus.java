package dev.retort.jobs.run;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * Counts what lies in a store, file by file: work that was done twice shows as a shard in two
 * chunks, work that a kill lost as a data file without a manifest.
 *
 * @param shards the different shards of all stages
 * @param committed the shards of all chunks; more than {@code shards} if some were computed twice
 * @param samples what the different shards hold
 * @param openChunks data files of chunks that were not committed
 */
public record StoreCensus(int shards, int committed, long samples, int openChunks) {
  private static final String DATA_FILE = "p\\d{5}-s\\d{9}-.*(?<!manifest)";

  /** The census of the stages whose names {@code prefix} begins. */
  public static StoreCensus of(WorkRoot work, String prefix) throws IOException {
    WorkFiles files = work.files();
    Tally tally = new Tally();
    for (FileStatus stage : files.fileSystem().listStatus(Store.folder(work))) {
      if (stage.isDirectory() && stage.getPath().getName().startsWith(prefix)) {
        for (FileStatus result : files.fileSystem().listStatus(stage.getPath())) {
          tally.add(files, result.getPath());
        }
      }
    }
    return tally.census();
  }

  /** The census of the whole store. */
  public static StoreCensus of(WorkRoot work) throws IOException {
    return of(work, "");
  }

  private static final class Tally {
    private final Set<Path> dataFiles = new HashSet<>();
    private int shards;
    private int committed;
    private long samples;

    void add(WorkFiles files, Path folder) {
      Set<Integer> seen = new HashSet<>();
      Set<String> names = files.list(folder).keySet();
      names.stream()
          .filter(name -> name.matches(DATA_FILE))
          .forEach(n -> dataFiles.add(at(folder, n)));
      for (String name : names) {
        if (StoreNames.isChunkManifest(name)) {
          files
              .read(at(folder, name))
              .flatMap(bytes -> Sealed.open(bytes, ChunkIndex.Committed.class))
              .ifPresent(chunk -> add(folder, chunk, seen));
        }
      }
      shards += seen.size();
    }

    private void add(Path folder, ChunkIndex.Committed chunk, Set<Integer> seen) {
      chunk.files().forEach(file -> dataFiles.remove(at(folder, file.name())));
      for (var shard : chunk.chunk().shards().entrySet()) {
        committed++;
        samples += seen.add(shard.getKey()) ? shard.getValue().samples() : 0;
      }
    }

    StoreCensus census() {
      return new StoreCensus(shards, committed, samples, dataFiles.size());
    }

    private static Path at(Path folder, String name) {
      return new Path(folder, name);
    }
  }
}
