package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Runs, attempts, chunks and files: what they may be called and what they may hold. */
class NamesTest {
  @Test
  void aRunIdThatCannotBeADirectoryIsRefused() {
    for (String name : List.of("", "..", "a/b", "-x", "a b", "x".repeat(129))) {
      assertThatThrownBy(() -> new RunId(name))
          .as(name)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("--run-id is \"" + name + "\"");
    }
  }

  @Test
  void attemptsDifferAndAreOrderedByTime() throws InterruptedException {
    Set<Attempt> attempts = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      attempts.add(Attempt.begin());
    }
    assertThat(attempts).hasSize(1000);
    Attempt earlier = Attempt.begin();
    Thread.sleep(5);
    assertThat(earlier).isLessThan(Attempt.begin());
    assertThatThrownBy(() -> new Attempt("../x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aChunkHasNoGapsAndStaysBetweenMultiplesOf16() {
    Attempt attempt = Attempt.begin();
    assertThat(new ChunkManifest(0, 16, attempt, shards(16, 32)).shards()).hasSize(16);
    assertThatThrownBy(() -> new ChunkManifest(0, 15, attempt, shards(15, 17)))
        .hasMessageContaining("crosses a multiple of 16");
    assertThatThrownBy(() -> new ChunkManifest(0, 0, attempt, shards(0, 0)))
        .hasMessageContaining("does not begin at shard 0");
    assertThatThrownBy(() -> new ChunkManifest(0, 0, attempt, shards(1, 3)))
        .hasMessageContaining("does not begin at shard 0");
    SortedMap<Integer, ShardEntry> gap = shards(0, 4);
    gap.remove(2);
    assertThatThrownBy(() -> new ChunkManifest(0, 0, attempt, gap)).hasMessageContaining("gaps");
  }

  @Test
  void storedFilesHavePlainNames() {
    for (String name : List.of("", "../x", "a/b", ".hidden", "a\\b")) {
      assertThatThrownBy(() -> new StoredFile(name, 1, Sha256.of("")))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new StoredFile("a", -1, Sha256.of("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StoreNames.chunkData(0, 0, Attempt.begin(), "manifest"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void impossibleKeysAreRefused() {
    assertThatThrownBy(() -> new ShardKey(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ShardEntry.of("a", -1, Sha256.of(""), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new StageAddress(null, "Label/x", Sha256.of("")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new ShardKey(0, 9)).isLessThan(new ShardKey(1, 0));
  }

  private static SortedMap<Integer, ShardEntry> shards(int from, int to) {
    SortedMap<Integer, ShardEntry> shards = new TreeMap<>();
    for (int shard = from; shard < to; shard++) {
      shards.put(shard, ShardEntry.of("file", 0, Sha256.of("x"), 1));
    }
    return shards;
  }
}
