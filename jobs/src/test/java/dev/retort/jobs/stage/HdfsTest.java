package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.Event;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.StoreCensus;
import dev.retort.jobs.run.WorkRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
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
                fixture.recipe(new TreeMap<>(data())),
                at("/work").toUri(),
                Optional.of("run"),
                Optional.of(fixture.run("local").resolve("measurements.json")),
                ProgressListener.silent()));

    assertThat(result.steps()).isEqualTo(local.steps());
    StoreCensus census = StoreCensus.of(work());
    assertThat(census.committed()).isEqualTo(census.shards());
    assertThat(StoreCensus.of(work(), "ingest").samples())
        .isEqualTo(FashionFixture.TRAIN_ROWS + FashionFixture.TEST_ROWS);
    assertThat(directory().isFinished()).isTrue();
    assertThat(directory().manifest().orElseThrow().files())
        .containsKeys("events.jsonl", "report.html", "steps/02-quantize/model.onnx");
    assertThat(directory().events())
        .extracting(Event::kind)
        .contains("stage-end")
        .endsWith("run-end");
    assertThat(directory().events()).filteredOn(e -> e.kind().equals("run-start")).hasSize(3);
  }

  /** The same command each time; its lease is taken away, so that nobody waits for it here. */
  private static void kill(String what, String file, Moment moment, int count) throws Exception {
    Fault fault = Fault.nth(count, file, moment, folder.resolve("kill-" + what));
    Driver driver =
        new Driver(folder.resolve(what + ".log"))
            .with(fault.javaOptions("hdfs", "org.apache.hadoop.hdfs.DistributedFileSystem"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "compress",
                folder.resolve("recipe.yaml").toString(),
                "--work",
                at("/work").toString(),
                "--run-id",
                "run",
                "--measurements",
                fixture.run("local").resolve("measurements.json").toString()));
    data().forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));

    assertThat(driver.run(command.toArray(String[]::new)))
        .as(driver.output())
        .isEqualTo(Fault.HALTED);
    FileSystem fileSystem = hdfs.getFileSystem();
    for (FileStatus status : fileSystem.listStatus(at("/work/runs/run"))) {
      if (status.getPath().getName().startsWith("lease")) {
        fileSystem.delete(status.getPath(), false);
      }
    }
  }

  private static Map<String, String> data() {
    return Map.of(
        "data.train.path", at("/data/train").toString(),
        "data.test.path", at("/data/test").toString());
  }

  private static org.apache.hadoop.fs.Path at(String path) {
    return new org.apache.hadoop.fs.Path(hdfs.getURI() + path);
  }

  private static WorkRoot work() {
    return WorkRoot.of(at("/work").toString(), new Configuration());
  }

  private static RunDirectory directory() {
    return RunDirectory.of(work(), new RunId("run"));
  }
}
