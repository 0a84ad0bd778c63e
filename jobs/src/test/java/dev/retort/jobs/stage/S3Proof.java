package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.StoreCensus;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data and work root on an object store, with drivers that are killed while they write there. */
@Tag("proof")
class S3Proof {
  private static final String FIGURE =
      "data and work root on s3a, the driver killed twice and resumed: results other than on file";
  private static final String S3A = "org.apache.hadoop.fs.s3a.S3AFileSystem";

  @TempDir static Path folder;

  @Test
  void aRunThatIsKilledTwiceEndsWithTheBitsOfALocalOne() throws Exception {
    Optional<Path> moto = PythonPeer.motoServer();
    if (moto.isEmpty()) {
      ProofPage.row(FIGURE, "0", "not run: there is no Python 3 here, or moto is not to be had");
      return;
    }
    FashionFixture fixture = new FashionFixture(folder);
    Pipeline.compress(fixture.request("local", Map.of()));
    FixtureRun local = FixtureRun.of(folder, "local");
    try (S3Server s3 = S3Server.start(moto.get(), folder.resolve("moto.log"))) {
      s3.upload(fixture.data("train"), "data/train");
      s3.upload(fixture.data("test"), "data/test");
      FixtureRun run =
          FixtureRun.of(folder, "s3")
              .in(s3.root("work"))
              .replaying(local)
              .with("--set", "data.train.path=" + s3.uri("data/train"))
              .with("--set", "data.test.path=" + s3.uri("data/test"));

      kill(run, s3, "label", ".*store/label/.*manifest", Moment.HALF_WRITTEN);
      kill(run, s3, "report", ".*runs/run/report.html", Moment.WRITTEN);
      Driver driver = run.driver("resumed").with(s3.settings("-D"));
      assertThat(driver.run(run.command())).as(driver.output()).isZero();

      StoreCensus census = run.census("");
      List<String> different = different(run.hashes(), local.hashes());
      ProofPage.row(
          FIGURE,
          "0",
          "%d of %d; shards computed twice: %d"
              .formatted(
                  different.size(), local.hashes().size(), census.committed() - census.shards()));
      assertThat(different).isEmpty();
      assertThat(census.committed()).isEqualTo(census.shards());
      assertThat(run.census("ingest").samples())
          .isEqualTo(FashionFixture.TRAIN_ROWS + FashionFixture.TEST_ROWS);
      assertThat(run.directory().isFinished()).isTrue();
      theLauncherReadsTheResultWithTheJarAndNamesItWithout(s3);
    }
  }

  private static void kill(FixtureRun run, S3Server s3, String what, String file, Moment moment)
      throws Exception {
    Fault fault = Fault.first(file, moment, folder.resolve("kill-" + what));
    Driver driver = run.driver(what).with(s3.settings("-D")).with(fault.javaOptions("s3a", S3A));
    assertThat(driver.run(run.command())).as(driver.output()).isEqualTo(Fault.HALTED);
  }

  private static void theLauncherReadsTheResultWithTheJarAndNamesItWithout(S3Server s3)
      throws Exception {
    List<String> result = List.of("deploy/retort", "result", s3.uri("work/runs/run/result.json"));
    List<String> withJars = new ArrayList<>(result);
    withJars.addAll(List.of("--work", s3.uri("work"), "--jars", jars()));
    s3.settings("").forEach(setting -> withJars.addAll(List.of("--conf", setting)));

    Launcher.Outcome without = Launcher.run(Map.of("RETORT_NO_BUILD", "1"), result);
    Launcher.Outcome with = Launcher.run(Map.of("RETORT_NO_BUILD", "1"), withJars);

    assertThat(without.exitCode()).as(without.output()).isEqualTo(2);
    assertThat(without.output()).contains("add --packages org.apache.hadoop:hadoop-aws:3.3.4");
    assertThat(with.exitCode()).as(with.output()).isZero();
    assertThat(with.output())
        .contains("ok: " + s3.uri("work/runs/run/report.html"))
        .doesNotContain(Driver.SECRET);
  }

  /** The jars of S3A, which the proof profile alone puts on the class path. */
  private static String jars() {
    return Pattern.compile(File.pathSeparator)
        .splitAsStream(System.getProperty("java.class.path"))
        .filter(jar -> Path.of(jar).getFileName().toString().matches("(hadoop-aws|aws-java).*"))
        .collect(Collectors.joining(","));
  }

  /** What differs; the fingerprint of ingest is another, since the source lies elsewhere. */
  private static List<String> different(
      SortedMap<String, String> found, SortedMap<String, String> wanted) {
    SortedMap<String, String> left = content(found);
    SortedMap<String, String> right = content(wanted);
    List<String> different = new ArrayList<>();
    for (String key : right.keySet()) {
      if (!right.get(key).equals(left.get(key))) {
        different.add(key);
      }
    }
    left.keySet().stream().filter(key -> !right.containsKey(key)).forEach(different::add);
    return different;
  }

  private static SortedMap<String, String> content(SortedMap<String, String> hashes) {
    SortedMap<String, String> content = new TreeMap<>();
    hashes.forEach(
        (key, hash) -> content.put(key.startsWith("ingest/") ? "ingest " + hash : key, hash));
    return content;
  }
}
