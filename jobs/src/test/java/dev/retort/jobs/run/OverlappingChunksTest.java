package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.provenance.Seed;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Retries and speculation cut the shards into chunks of their own; readers must not notice. */
class OverlappingChunksTest {
  private static final int SHARDS = 40;
  private static final int PARTS = 2;

  @TempDir Path work;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void eachShardIsReadOnceAndFromTheSameChunkWhateverTheOrderOfCommits(int seed)
      throws IOException {
    Random random = new Seed(seed).derive("overlaps").random();
    StageStore stage = Store.open(WorkRoot.of(work)).open("label", Sha256.of("seed " + seed));
    List<ChunkManifest> chunks = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      chunks.add(write(stage, random));
    }
    Collections.shuffle(chunks, random);
    Set<String> committed = new HashSet<>();
    for (ChunkManifest chunk : chunks) {
      breakOrCommit(stage, chunk, random, committed);
      assertThat(stage.completed()).isEqualTo(expected(chunks, committed));
    }
    StageStore other = stage.address().open();
    assertThat(other.located()).isEqualTo(stage.completed());
    assertThat(other.completed()).isEqualTo(stage.completed());
  }

  /** Commits, or does what a kill leaves: data alone, or half a manifest. */
  private static void breakOrCommit(
      StageStore stage, ChunkManifest chunk, Random random, Set<String> committed)
      throws IOException {
    int phase = random.nextInt(5);
    if (phase == 0) {
      return;
    }
    stage.commit(chunk);
    String manifest = StoreNames.chunkManifest(chunk);
    if (phase > 1) {
      committed.add(manifest);
      return;
    }
    Path file = Path.of(stage.path(manifest).toUri().getPath());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
    stage.address().open().completed();
    committed.remove(manifest);
    Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length)));
  }

  /** The rule, in another way: walk the manifests from the largest name to the smallest. */
  private static SortedMap<ShardKey, ShardEntry> expected(
      List<ChunkManifest> chunks, Set<String> committed) {
    SortedMap<ShardKey, ShardEntry> expected = new TreeMap<>();
    chunks.stream()
        .filter(chunk -> committed.contains(StoreNames.chunkManifest(chunk)))
        .sorted(Comparator.comparing(StoreNames::chunkManifest).reversed())
        .forEach(
            chunk ->
                chunk
                    .shards()
                    .forEach(
                        (shard, entry) -> expected.put(new ShardKey(chunk.part(), shard), entry)));
    return expected;
  }

  private static ChunkManifest write(StageStore stage, Random random) {
    int part = random.nextInt(PARTS);
    int first = random.nextInt(SHARDS);
    int most = ChunkManifest.SHARDS - first % ChunkManifest.SHARDS;
    int end = first + 1 + random.nextInt(Math.min(most, SHARDS - first));
    Attempt attempt = Attempt.begin();
    String file =
        stage.write(stage.newDataFile(part, first, attempt), Content.of(first + " " + end));
    SortedMap<Integer, ShardEntry> entries = new TreeMap<>();
    for (int shard = first; shard < end; shard++) {
      entries.put(shard, ShardEntry.of(file, shard - first, Sha256.of("shard " + shard), 64));
    }
    return new ChunkManifest(part, first, attempt, entries);
  }
}
