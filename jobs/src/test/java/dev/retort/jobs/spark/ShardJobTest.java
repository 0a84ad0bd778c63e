package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.FullDisk;
import dev.retort.jobs.run.ShardKey;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardJobTest {
  private static final int SHARDS = 37;
  private static final long ROOM_FOR_ONE_CHUNK = 5_000;

  @TempDir Path work;

  @Test
  void everyShardIsComputedOnceWhateverTheNumberOfTasks() {
    List<List<Sha256>> results = new ArrayList<>();
    for (int tasks : new int[] {1, 2, 7, 64}) {
      StageStore store = stage("tasks-" + tasks);
      ShardNumbers.COMPUTED.set(0);
      AtomicLong progress = new AtomicLong();

      ShardJob.Outcome outcome = run(store, tasks, progress);

      assertThat(outcome).isEqualTo(new ShardJob.Outcome(SHARDS, 0));
      assertThat(ShardNumbers.COMPUTED).hasValue(SHARDS);
      assertThat(progress).hasValue(SHARDS);
      results.add(hashes(store));
    }
    assertThat(results).allMatch(hashes -> hashes.equals(results.get(0)));
    assertThat(results.get(0)).hasSize(SHARDS).doesNotHaveDuplicates();
  }

  @Test
  void finishedShardsAreNotComputedAgain() throws Exception {
    StageStore store = stage("resume");
    run(store, 4, new AtomicLong());
    List<Sha256> before = hashes(store);
    removeOneManifest(store);
    ShardNumbers.COMPUTED.set(0);

    ShardJob.Outcome outcome = run(store, 4, new AtomicLong());

    assertThat(outcome.computed()).isPositive().isLessThanOrEqualTo(16);
    assertThat(ShardNumbers.COMPUTED).hasValue(outcome.computed());
    assertThat(outcome.reused()).isEqualTo(SHARDS - outcome.computed());
    assertThat(hashes(store)).isEqualTo(before);
  }

  @Test
  void aFinishedStageRunsNoJob() {
    StageStore store = stage("again");
    run(store, 3, new AtomicLong());
    ShardNumbers.COMPUTED.set(0);

    assertThat(run(store, 3, new AtomicLong())).isEqualTo(new ShardJob.Outcome(0, SHARDS));
    assertThat(ShardNumbers.COMPUTED).hasValue(0);
  }

  @Test
  void theStateOfAShardIsFoundByItsManifest() {
    StageStore store = stage("states");
    run(store, 5, new AtomicLong());

    StoredShards shards = StoredShards.of(stage("states"), SHARDS);

    for (int shard = 0; shard < SHARDS; shard++) {
      byte[] state =
          StateFile.read(
              store.fileSystem(), shards.file(store, shard), shards.entry(shard).rowGroup());
      assertThat(state).isEqualTo(ShardNumbers.bytes(shard));
    }
  }

  @ParameterizedTest
  @EnumSource(FullDisk.Moment.class)
  void aDiskThatFillsKeepsWhatIsFinishedAndTheRetryComputesTheRest(FullDisk.Moment moment) {
    StageStore store = Store.open(FullDisk.root(work)).open("test", Sha256.of("full"));
    FullDisk.leave(ROOM_FOR_ONE_CHUNK, moment);

    assertThatThrownBy(() -> run(store, 1, new AtomicLong()))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageStartingWith("Cannot write ")
        .hasMessageContaining("full:" + work)
        .hasMessageEndingWith(
            "the disk or quota is full; free space and repeat the command, which goes on from what is committed");

    FullDisk.makeRoom();
    assertThat(store.completed()).hasSize(16);
    assertThat(Path.of(store.path("x").getParent().toUri().getPath()).toFile().list())
        .as("a chunk's data and manifest, no rest of the one that failed")
        .hasSize(2);
    ShardNumbers.COMPUTED.set(0);
    assertThat(run(store, 1, new AtomicLong())).isEqualTo(new ShardJob.Outcome(SHARDS - 16, 16));
    assertThat(ShardNumbers.COMPUTED).hasValue(SHARDS - 16);
    assertThat(hashes(store)).hasSize(SHARDS);
  }

  @AfterEach
  void makeRoom() {
    FullDisk.makeRoom();
  }

  private StageStore stage(String name) {
    return Store.open(WorkRoot.of(work)).open("test", Sha256.of(name));
  }

  private static ShardJob.Outcome run(StageStore store, int tasks, AtomicLong progress) {
    return new ShardJob("Count", store.address(), SHARDS, 1, tasks, new ShardNumbers())
        .run(SparkTest.context(), progress::addAndGet);
  }

  private static List<Sha256> hashes(StageStore store) {
    return store.completed().entrySet().stream()
        .peek(entry -> assertThat(entry.getKey()).isInstanceOf(ShardKey.class))
        .map(entry -> entry.getValue().hash())
        .toList();
  }

  private static void removeOneManifest(StageStore store) throws Exception {
    Path folder = Path.of(store.path("x").getParent().toUri().getPath());
    try (Stream<Path> files = Files.list(folder)) {
      Path manifest =
          files.filter(f -> f.toString().endsWith(".manifest")).sorted().findFirst().orElseThrow();
      Files.delete(manifest);
    }
  }
}
