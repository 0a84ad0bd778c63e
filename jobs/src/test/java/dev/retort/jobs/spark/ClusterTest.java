package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.UserError;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.Cluster.MixedCpus;
import dev.retort.provenance.CpuClass;
import dev.retort.provenance.Sha256;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.TaskContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors whose processors seem to differ, by readings that are not those of this machine. */
class ClusterTest {
  private static final String REMEDY =
      "choose equal nodes, or set allow-mixed-cpu: true and lose bit-identical results";

  @TempDir Path work;

  @Test
  void executorsOfOneClassAreTheClassOfTheRun() {
    Cluster cluster = Cluster.of(SparkTest.context());

    assertThat(cluster.cpuClass(MixedCpus.REFUSED)).isEqualTo(CpuClass.ofThisMachine().name());
    assertThat(cluster.slots()).isEqualTo(2);
  }

  @Test
  void embeddedSparkIsOneExecutorOnOneHost() {
    Cluster cluster = Cluster.of(SparkTest.context());

    assertThat(cluster.executors()).isEqualTo(1);
    assertThat(cluster.hosts())
        .singleElement()
        .satisfies(
            host -> {
              assertThat(host.name()).isEqualTo("127.0.0.1");
              assertThat(host.shareBytes()).isEqualTo(host.availableBytes()).isPositive();
            });
  }

  @Test
  void theHostWithTheLeastForEachExecutorIsTheTightest() {
    Cluster.Host alone = new Cluster.Host("a", 1, 3_000);
    Cluster.Host shared = new Cluster.Host("b", 4, 8_000);
    Cluster cluster = new Cluster(List.of("cpu"), 8, List.of(alone, shared));

    assertThat(cluster.tightest()).isEqualTo(shared);
    assertThat(shared.shareBytes()).isEqualTo(2_000);
    assertThat(cluster.availableBytes()).isEqualTo(3_000);
    assertThat(cluster.executors()).isEqualTo(5);
  }

  @Test
  void executorsOfTwoClassesAreRefusedUnlessTheRecipeAllowsThem() {
    Cluster cluster =
        Cluster.of(
            SparkTest.context(),
            () -> TaskContext.getPartitionId() % 2 == 0 ? "amd64/A/avx2" : "amd64/B/avx512f");

    assertThatThrownBy(() -> cluster.cpuClass(MixedCpus.REFUSED))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Cannot run on this cluster: its executors have processors of 2 classes (amd64/A/avx2;"
                + " amd64/B/avx512f), must be one; "
                + REMEDY);
    assertThat(cluster.cpuClass(MixedCpus.ALLOWED)).isEqualTo("amd64/A/avx2 | amd64/B/avx512f");
  }

  @Test
  void anExecutorOfAnotherClassThatRegistersLaterLeavesNoResult() {
    StageStore store = Store.open(WorkRoot.of(work)).open("test", Sha256.of("late"));
    String mine = "amd64/A/avx2";
    OneCpuClass late = new OneCpuClass(mine, () -> "amd64/B/avx512f", new ShardNumbers());

    assertThatThrownBy(() -> run(store, late))
        .isInstanceOfSatisfying(
            UserError.class, error -> assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Cannot compute on executor driver, which has registered after the run began: its"
                + " processor on 127.0.0.1 is of class amd64/B/avx512f, must be amd64/A/avx2 as all"
                + " others; "
                + REMEDY);
    assertThat(store.completed()).isEmpty();

    run(store, new OneCpuClass(mine, () -> mine, new ShardNumbers()));
    assertThat(store.completed()).hasSize(5);
  }

  @Test
  void whereMixedProcessorsAreAllowedNobodyIsAsked() {
    Cluster cluster = Cluster.of(SparkTest.context());
    ShardComputation computation = new ShardNumbers();

    assertThat(cluster.guarded(computation, MixedCpus.ALLOWED)).isSameAs(computation);
    assertThat(cluster.guarded(computation, MixedCpus.REFUSED)).isInstanceOf(OneCpuClass.class);
  }

  private static void run(StageStore store, ShardComputation computation) {
    ShardJob.Outcome outcome =
        new ShardJob("Late", store.address(), 5, 1, 2, computation)
            .run(SparkTest.context(), done -> {});
    assertThat(outcome.computed()).isEqualTo(5);
  }
}
