package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.deploy.LocalCluster;
import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.StoreCensus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers that are killed at random moments, executors that are killed in each stage, and tasks
 * that are slow: no row is lost or doubled, and nothing tells the results from undisturbed ones.
 */
@Tag("proof")
class FaultProof {
  /** Fewer for a look: {@code -Dretort.proof.kills=3}. */
  private static final int KILLS = Integer.getInteger("retort.proof.kills", 20);

  private static final long SEED = 20261124;
  private static final double NANOS_A_MILLISECOND = 1e6;

  /** Embedded Spark with two cores: tasks that run at once, and chunks that a kill leaves open. */
  private static final int SLOTS = 2;

  @TempDir static Path folder;

  private static FixtureRun undisturbed;
  private static SortedMap<String, String> hashes;

  @BeforeAll
  static void compressUndisturbed() throws Exception {
    FashionFixture fixture = new FashionFixture(folder);
    Pipeline.compress(fixture.request("undisturbed", Map.of()));
    undisturbed = FixtureRun.of(folder, "undisturbed");
    hashes = undisturbed.hashes();
  }

  @Test
  void driversKilledAtRandomMomentsAreResumedByTheSameCommandToTheSameHashes() throws Exception {
    FixtureRun timed = run("timed");
    long begin = System.nanoTime();
    complete(timed.driver(), timed);
    double wholeMillis = (System.nanoTime() - begin) / NANOS_A_MILLISECOND;
    Random random = new Random(SEED);
    List<String> different = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    for (int i = 1; i <= KILLS; i++) {
      FixtureRun run = run("random-" + i);
      long moment = Math.round(random.nextDouble() * wholeMillis);
      Process process = run.driver("killed").start(run.command());
      process.waitFor(moment, TimeUnit.MILLISECONDS);
      process.destroyForcibly().waitFor();

      complete(run.driver("resumed"), run);
      StoreCensus census = run.census("");
      open.add(census.openChunks() + census.committed() - census.shards());
      if (!run.hashes().equals(hashes)) {
        different.add("%s after %d ms".formatted(run.name(), moment));
      }
    }

    ProofPage.row(
        "%d drivers killed with SIGKILL at random moments of a run of %.0f s, resumed by the same command: same hashes; chunks computed again"
            .formatted(KILLS, wholeMillis / 1000),
        "%d of %d; at most one a slot and kill: %d".formatted(KILLS, KILLS, SLOTS * KILLS),
        "%d of %d; %d"
            .formatted(
                KILLS - different.size(), KILLS, open.stream().mapToInt(Integer::intValue).sum()));
    assertThat(different).isEmpty();
    assertThat(open).allMatch(chunks -> chunks <= SLOTS);
  }

  @Test
  void anExecutorKilledInAnyStageLosesNoRowAndDoublesNone() throws Exception {
    List<String> stages = List.of("ingest", "label", "calibrate", "evaluate");
    Rows rows = new Rows();
    try (LocalCluster cluster = LocalCluster.started(folder.resolve("cluster"))) {
      for (String stage : stages) {
        FixtureRun run = run("lost-" + stage);
        Fault fault =
            Fault.first(
                    ".*/store/%s/.*/p.*(parquet|states)".formatted(stage),
                    Moment.HALF_WRITTEN,
                    folder.resolve("kill-" + stage))
                .inExecutor();
        Driver driver = run.driver().onCluster(cluster.master());

        int exitCode = driver.runKilling(fault, run.command());

        assertThat(exitCode).as(driver.output()).isZero();
        assertThat(driver.output()).contains("Lost executor");
        rows.add(run);
      }
    }
    rows.prove(
        "an executor killed with SIGKILL in each of ingest, labelling, calibration, evaluation");
  }

  @Test
  void aSlowTaskIsOvertakenByItsSpeculativeCopyAndBothResultsAreOne() throws Exception {
    Rows rows = new Rows();
    try (LocalCluster cluster =
        LocalCluster.started(folder.resolve("two-hosts"), "--workers", "1")) {
      cluster.addWorker("127.0.0.2");
      FixtureRun run = run("speculation");
      Fault fault =
          Fault.first(".*/store/label/.*parquet", Moment.HALF_WRITTEN, folder.resolve("slow"))
              .inExecutor()
              .slowing();
      Driver driver =
          run.driver()
              .onCluster(cluster.master())
              .with(fault)
              .with(
                  "-Dspark.scheduler.minRegisteredResourcesRatio=1",
                  "-Dspark.cores.max=2",
                  "-Dspark.speculation=true",
                  "-Dspark.speculation.interval=100ms",
                  "-Dspark.speculation.quantile=0.5",
                  "-Dspark.speculation.efficiency.enabled=false");

      complete(driver, run);

      assertThat(folder.resolve("slow")).exists();
      rows.add(run);
    }
    rows.prove("speculation, one task of labelling slowed by 15 s, more than 20x");
    assertThat(rows.twice).as("shards of the slow task and of its copy").isPositive();
  }

  private static FixtureRun run(String name) {
    return FixtureRun.of(folder, name).replaying(undisturbed);
  }

  private static void complete(Driver driver, FixtureRun run) throws Exception {
    int exitCode = driver.run(run.command());
    assertThat(exitCode).as(driver.output()).isZero();
  }

  /** What several disturbed runs have more or less than the undisturbed one. */
  private static final class Rows {
    private long lost;
    private long doubled;
    private int twice;
    private int different;

    void add(FixtureRun run) throws IOException {
      for (String stage : List.of("ingest", "subset", "label", "calibrate", "evaluate")) {
        long wanted = undisturbed.census(stage).samples();
        long found = run.census(stage).samples();
        lost += Math.max(0, wanted - found);
        doubled += Math.max(0, found - wanted);
      }
      StoreCensus all = run.census("");
      twice += all.committed() - all.shards();
      different += run.hashes().equals(hashes) ? 0 : 1;
    }

    void prove(String what) {
      ProofPage.row(
          what + ": rows lost; rows double; runs with other hashes",
          "0; 0; 0",
          "%d; %d; %d (%d shards computed twice, of which readers see one)"
              .formatted(lost, doubled, different, twice));
      assertThat(List.of(lost, doubled, (long) different)).containsOnly(0L);
    }
  }
}
