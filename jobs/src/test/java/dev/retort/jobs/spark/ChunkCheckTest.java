package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.Attempt;
import dev.retort.jobs.run.ChunkManifest;
import dev.retort.jobs.run.Content;
import dev.retort.jobs.run.ShardEntry;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three chunks of one shard each, of which the second is corrupt. */
class ChunkCheckTest {
  @TempDir Path work;

  @BeforeEach
  void write() throws IOException {
    for (int shard : List.of(0, 1, 2)) {
      StageStore store = open();
      Attempt attempt = Attempt.begin();
      String file = store.write(store.newDataFile(0, shard, attempt), Content.of("shard" + shard));
      ShardEntry entry = ShardEntry.of(file, 0, Sha256.of("" + shard), 64);
      store.commit(new ChunkManifest(0, shard, attempt, new TreeMap<>(Map.of(shard, entry))));
      if (shard == 1) {
        Files.writeString(Path.of(store.path(file).toUri().getPath()), "Shard1");
      }
    }
  }

  @Test
  void aCorruptChunkIsMissingForEveryReaderOnceItWasChecked() {
    assertThat(open().missing(0, 3)).isEmpty();
    assertThat(ChunkCheck.missing(SparkTest.context(), open(), 0, 3)).containsExactly(1);
    assertThat(open().missing(0, 3)).containsExactly(1);
  }

  @Test
  void executorsCheckWhatIsTooMuchForTheDriver() {
    ChunkCheck.verify(SparkTest.context(), open(), 0);
    assertThat(open().missing(0, 3)).containsExactly(1);
    assertThat(open().completed()).hasSize(2);
  }

  @Test
  void aChunkIsCheckedOnce() throws IOException {
    StageStore store = open();
    assertThat(store.unchecked()).hasSize(3).containsValue(6L);
    ChunkCheck.verify(SparkTest.context(), store);
    assertThat(store.unchecked()).isEmpty();
  }

  private StageStore open() {
    return Store.open(WorkRoot.of(work)).open("label", Sha256.of("inputs"));
  }
}
