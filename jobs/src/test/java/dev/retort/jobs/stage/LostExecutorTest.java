package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.StoreCensus;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors are processes of their own, and one of them is killed. */
class LostExecutorTest {
  @TempDir Path folder;

  @Test
  void anExecutorThatIsKilledWhileItLabelsLosesNoRowAndDoublesNone() throws Exception {
    FashionFixture fixture = new FashionFixture(folder);
    Pipeline.label(fixture.request("undisturbed", Map.of()));
    Fault fault =
        Fault.nth(
                2, ".*/killed/store/label/.*parquet", Moment.HALF_WRITTEN, folder.resolve("marker"))
            .inExecutor();
    FixtureRun run = FixtureRun.of(folder, "killed");
    Driver driver = run.driver().onTwoExecutors(folder.resolve("spark"));

    int exitCode = driver.runKilling(fault, run.command("label"));

    assertThat(exitCode).as(driver.output()).isZero();
    assertThat(driver.output()).contains("Lost executor", "137");
    assertThat(StoreHashes.of(folder.resolve("killed")))
        .isEqualTo(StoreHashes.of(folder.resolve("undisturbed")));
    StoreCensus labels = run.census("label");
    assertThat(labels.samples()).isEqualTo(FashionFixture.TRAIN_ROWS);
    assertThat(labels.committed()).as("shards that were computed twice").isEqualTo(labels.shards());
    assertThat(labels.openChunks()).as("what the executor was writing").isEqualTo(1);
  }
}
