package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labelling in several ways, on little data: the figures themselves are the proof's matter. */
class BenchTest {
  @TempDir static Path folder;

  private static FashionFixture fixture;

  @BeforeAll
  static void writeData() {
    fixture = new FashionFixture(folder);
  }

  @Test
  void everyWayHasAFigureAndNothingStaysInTheStore() {
    BenchResult result = bench("none");

    assertThat(result.samples()).isEqualTo(256);
    assertThat(result.ways())
        .filteredOn(way -> !way.name().equals(BenchResult.PEER))
        .extracting(BenchResult.Way::name)
        .containsExactly(
            BenchResult.LIMIT, "the same, reading shards and writing outputs", BenchResult.RETORT);
    assertThat(result.ways())
        .filteredOn(way -> !way.name().equals(BenchResult.PEER))
        .allMatch(way -> way.samplesPerSecond() > 10);
    assertThat(peer(result).note()).isEqualTo("not run: --python is none");
    assertThat(folder.resolve("work/store/bench")).isEmptyDirectory();
  }

  @Test
  void aPeerThatIsKilledIsReportedBesideTheOtherFigures() throws IOException {
    BenchResult result =
        bench(python("case $1 in -c) exit 0;; esac; echo stopping >&2; kill -9 $$"));

    assertThat(peer(result).note()).isEqualTo("ended with exit code 137: stopping");
    assertThat(peer(result).samplesPerSecond()).isZero();
    assertThat(result.samplesPerSecond(BenchResult.RETORT)).isPositive();
  }

  @Test
  void aPythonWithoutTheModulesIsReportedWithWhatToInstall() throws IOException {
    BenchResult result = bench(python("echo \"No module named 'pyspark'\"; exit 1"));

    assertThat(peer(result).note())
        .contains("says No module named 'pyspark'; pip install pyspark==3.5.9");
  }

  @Test
  void aPeerThatRunsGetsTensorsAndGivesItsLastPass() throws IOException {
    BenchResult result =
        bench(
            python(
                "case $1 in -c) exit 0;; esac; grep -q '\"dtype\" : \"uint8\"' $2 || exit 7; "
                    + "echo '{\"versions\": {\"pyspark\": \"3.5.9\"}}'; "
                    + "echo '{\"seconds\": 9}'; echo '{\"seconds\": 0.5}'"));

    assertThat(peer(result).samplesPerSecond()).isEqualTo(512);
    assertThat(peer(result).note()).isEqualTo("pyspark 3.5.9");
  }

  @Test
  void aProcessThatHangsIsKilledWithItsChildren() throws Exception {
    ProcessBuilder hanging =
        new ProcessBuilder("/bin/sh", "-c", "sleep 100 & wait").redirectErrorStream(true);
    try (PeerProcess process = new PeerProcess(hanging, Duration.ofMillis(300));
        BufferedReader output = process.output()) {
      // The end of the output tells that the child has ended, too: it can write there as well.
      assertThat(output.readLine()).isNull();
      assertThat(process.ranOutOfTime()).isTrue();
    }
  }

  private static BenchResult bench(String python) {
    return Pipeline.bench(fixture.request("work", Map.of()), new BenchRequest(256, 1, python));
  }

  private static BenchResult.Way peer(BenchResult result) {
    return result.ways().get(result.ways().size() - 1);
  }

  /** Something that is called as Python is. */
  private static String python(String script) throws IOException {
    Path file = Files.createTempFile(folder, "python", ".sh");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file.toString();
  }
}
