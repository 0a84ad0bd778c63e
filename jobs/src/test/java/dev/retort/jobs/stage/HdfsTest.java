package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.CleanReport;
import dev.retort.jobs.run.CleanRules;
import dev.retort.jobs.run.Event;
import dev.retort.jobs.run.StoreCensus;
import dev.retort.jobs.run.StoreClean;
import dev.retort.jobs.run.WorkRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data and work root on HDFS, with drivers that are killed while they write there. */
class HdfsTest {
  @TempDir static Path folder;

  private static MiniDFSCluster hdfs;
  private static FashionFixture fixture;
  private static RunResult local;

  @BeforeAll
  static void start() throws IOException {
    fixture = new FashionFixture(folder);
    local = Pipeline.compress(fixture.request("local", Map.of()));
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    for (String split : List.of("train", "test")) {
      hdfs.getFileSystem()
          .copyFromLocalFile(
              new org.apache.hadoop.fs.Path(fixture.data(split).toUri()), at("/data/" + split));
    }
  }

  @AfterAll
  static void stop() {
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  @Test
  void aRunThatIsKilledTwiceEndsWithTheBitsOfALocalOne() throws Exception {
    kill("label", ".*store/label/.*manifest", Moment.HALF_WRITTEN, 2);
    kill("journal", ".*events.jsonl", Moment.HALF_WRITTEN, 4);

    RunResult result =
        Pipeline.compress(
            new PipelineRequest(
                fixture.recipe(data()),
                at("/work").toUri(),
                Optional.of("run"),
                Optional.of(FixtureRun.of(folder, "local").file("measurements.json")),
                ProgressListener.silent()));

    assertThat(result.steps()).isEqualTo(local.steps());
    StoreCensus census = run().census("");
    assertThat(census.committed()).isEqualTo(census.shards());
    assertThat(run().census("ingest").samples())
        .isEqualTo(FashionFixture.TRAIN_ROWS + FashionFixture.TEST_ROWS);
    assertThat(run().directory().isFinished()).isTrue();
    assertThat(run().directory().manifest().orElseThrow().files())
        .containsKeys("events.jsonl", "report.html", "steps/02-quantize/model.onnx");
    assertThat(run().directory().events())
        .extracting(Event::kind)
        .contains("stage-end")
        .endsWith("run-end");
    assertThat(run().directory().events()).filteredOn(e -> e.kind().equals("run-start")).hasSize(3);
    assertACleanTakesWhatTheKillsLeftAndNothingElse(census);
  }

  private static void assertACleanTakesWhatTheKillsLeftAndNothingElse(StoreCensus before)
      throws IOException {
    WorkRoot root = WorkRoot.of(at("/work").toString(), new Configuration());
    CleanRules inTwoDays =
        new CleanRules(
            Optional.empty(), OptionalLong.empty(), Instant.now().plus(Duration.ofDays(2)));

    CleanReport clean = StoreClean.clean(root, inTwoDays, CleanReport.Mode.DELETE);

    StoreCensus after = StoreCensus.of(root);
    assertThat(before.openChunks()).isPositive();
    assertThat(clean.leftovers()).hasSizeGreaterThanOrEqualTo(before.openChunks());
    assertThat(clean.results()).isEmpty();
    assertThat(after.openChunks()).isZero();
    assertThat(after.committed()).isEqualTo(before.committed());
    hdfs.getFileSystem().delete(run().directory().folder(), true);
    assertThat(StoreClean.clean(root, inTwoDays, CleanReport.Mode.DELETE).keptBytes()).isZero();
    assertThat(StoreCensus.of(root).shards()).isZero();
  }

  /** The same command each time; its lease is taken away, so that nobody waits for it here. */
  private static void kill(String what, String file, Moment moment, int count) throws Exception {
    Fault fault = Fault.nth(count, file, moment, folder.resolve("kill-" + what));
    FixtureRun run =
        run().replaying(FixtureRun.of(folder, "local")).with(options().toArray(String[]::new));
    Driver driver =
        run.driver(what)
            .with(fault.javaOptions("hdfs", "org.apache.hadoop.hdfs.DistributedFileSystem"));

    assertThat(driver.run(run.command())).as(driver.output()).isEqualTo(Fault.HALTED);
    run.releaseLease();
  }

  private static List<String> options() {
    List<String> options = new ArrayList<>();
    data().forEach((key, value) -> options.addAll(List.of("--set", key + "=" + value)));
    return options;
  }

  private static Map<String, String> data() {
    return new TreeMap<>(
        Map.of(
            "data.train.path", at("/data/train").toString(),
            "data.test.path", at("/data/test").toString()));
  }

  private static org.apache.hadoop.fs.Path at(String path) {
    return new org.apache.hadoop.fs.Path(hdfs.getURI() + path);
  }

  private static FixtureRun run() {
    return FixtureRun.of(folder, "hdfs-run")
        .in(WorkRoot.of(at("/work").toString(), new Configuration()));
  }
}
