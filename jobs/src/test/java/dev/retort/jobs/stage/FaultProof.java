package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.ShardPlan;
import dev.retort.jobs.deploy.LocalCluster;
import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.StoreCensus;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Drivers that are killed at random moments and at each phase of a commit of each stage, executors
 * that are killed in each stage, and tasks that are slow: no row is lost or doubled, and nothing
 * tells the results from undisturbed ones.
 */
@Tag("proof")
class FaultProof {
  /** Fewer for a look: {@code -Dretort.proof.kills=3}. */
  private static final int KILLS = Integer.getInteger("retort.proof.kills", 20);

  private static final long SEED = 20261124;

  /** What a shell gives for a process that SIGKILL ended: 128 and the signal's number. */
  private static final int KILLED = 137;

  /** Moments of a commit: one kill each. */
  private static final int PHASES = 4;

  private static final Pattern STAGE = Pattern.compile("\"Stage ID\":(\\d+)");
  private static final Pattern LABELLING =
      Pattern.compile("\"spark[.]job[.]description\":\"[^\"]*label", Pattern.CASE_INSENSITIVE);
  private static final Pattern TASK_TIMES =
      Pattern.compile("\"Launch Time\":(\\d+).*?\"Finish Time\":(\\d+)");

  private static final double NANOS_A_MILLISECOND = 1e6;

  /** Embedded Spark with two cores: tasks that run at once, and chunks that a kill leaves open. */
  private static final int SLOTS = 2;

  @TempDir static Path folder;

  private static FashionFixture fixture;
  private static FixtureRun undisturbed;
  private static SortedMap<String, String> hashes;

  @BeforeAll
  static void compressUndisturbed() throws Exception {
    fixture = new FashionFixture(folder);
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
    int early = 0;
    for (int i = 1; open.size() < KILLS; i++) {
      assertThat(early).as("runs that ended before their moment").isLessThan(KILLS);
      FixtureRun run = run("random-" + i);
      long moment = Math.round(random.nextDouble() * wholeMillis);
      Process process = run.driver("killed").start(run.command());
      boolean ended = process.waitFor(moment, TimeUnit.MILLISECONDS);
      int exitCode = process.destroyForcibly().waitFor();
      if (ended || exitCode != KILLED) {
        early++;
        continue;
      }

      complete(run.driver("resumed"), run);
      open.add(run.census("").openChunks());
      if (!run.hashes().equals(hashes)) {
        different.add("%s after %d ms".formatted(run.name(), moment));
      }
    }

    ProofPage.row(
        "%d drivers killed with SIGKILL (exit code %d) at random moments within a run of %.0f s from the start of its process, resumed by the same command: same hashes; chunks left open and computed again"
            .formatted(KILLS, KILLED, wholeMillis / 1000),
        "%d of %d; at most one a slot and kill: %d".formatted(KILLS, KILLS, SLOTS * KILLS),
        "%d of %d; %d (%d more ended before their moment and were repeated with another)"
            .formatted(
                KILLS - different.size(),
                KILLS,
                open.stream().mapToInt(Integer::intValue).sum(),
                early));
    assertThat(different).isEmpty();
    assertThat(open).allMatch(chunks -> chunks <= SLOTS);
  }

  @Test
  void driversKilledAtEachPhaseOfACommitOfEachStageLoseNoRowAndRepeatTheOpenChunks()
      throws Exception {
    FixtureRun run = FixtureRun.of(folder, "phases");
    // Each phase once, in the order of the stages: the first file that a repeated run makes fits.
    for (String stage : List.of("ingest", "label")) {
      killAtEachPhase(run, chunksOf(stage, "parquet"));
    }
    killAtEachPhase(run, new Commit("quantize", ".*/02-quantize/unfinished-.*-plan.json", 1));
    killAtEachPhase(run, chunksOf("evaluate", "(?!manifest)[a-z]+"));
    // Each driver begins by writing down what is measured already.
    killAtEachPhase(run, new Commit("measure", ".*/run/unfinished-.*-measurements.json", 2));
    killAtEachPhase(run, new Commit("report", ".*/run/unfinished-.*-report.html", 1));
    complete(run.driver("last"), run);
    Pipeline.compress(
        fixture.request(
            "phases-undisturbed", Map.of(), Optional.of(run.file(RunDirectory.MEASUREMENTS))));
    // Beside labelling goes calibration, which has a run of its own to be killed in.
    FixtureRun calibrating = run("phases-calibrate");
    killAtEachPhase(calibrating, chunksOf("calibrate", "states"));
    complete(calibrating.driver("last"), calibrating);

    Rows rows = new Rows();
    rows.add(run, FixtureRun.of(folder, "phases-undisturbed"));
    rows.add(calibrating);
    rows.prove(
        "a driver killed at each of 4 phases of a commit of ingest, label, calibrate, quantize, evaluate, measure, report: 28 kills with SIGKILL, resumed by the same command, the lease released by the test (takeover is the matter of StoppedDriverTest and of the random kills)");
    int open = run.census("").openChunks() + calibrating.census("").openChunks();
    int most = SLOTS * 4 * PHASES;
    ProofPage.row(
        "these 28 kills: chunks computed again, for the 16 kills in stages of chunks",
        "at most one a slot and kill: " + most,
        Integer.toString(open));
    assertThat(rows.twice).isZero();
    assertThat(open).isBetween(1, most);
  }

  /**
   * What a stage commits.
   *
   * @param file a pattern for what is written first under a name of its own
   * @param count which of the files that fit, from 1
   */
  private record Commit(String stage, String file, int count) {}

  /** Data files, which manifests of the same name follow. */
  private static Commit chunksOf(String stage, String suffix) {
    return new Commit(stage, ".*/store/%s/.*/p[^/]*[.]%s".formatted(stage, suffix), 1);
  }

  /**
   * Kills four drivers of {@code run}, one after the other. A chunk is written, verified (its
   * manifest is about to be made), its manifest is half written, and written. A file of the run is
   * about to be made, half written, whole under a name of its own, and renamed.
   */
  private static void killAtEachPhase(FixtureRun run, Commit commit) throws Exception {
    boolean isChunk = commit.file().contains("/store/");
    if (isChunk) {
      String manifest = ".*/store/%s/.*/p[^/]*[.]manifest".formatted(commit.stage());
      kill(run, commit, commit.file(), Moment.WRITTEN);
      kill(run, commit, manifest, Moment.BEFORE_CREATION);
      kill(run, commit, manifest, Moment.HALF_WRITTEN);
      kill(run, commit, manifest, Moment.WRITTEN);
    } else {
      String renamed = commit.file().replace("unfinished-.*-", "");
      kill(run, commit, commit.file(), Moment.BEFORE_CREATION);
      kill(run, commit, commit.file(), Moment.HALF_WRITTEN);
      kill(run, commit, commit.file(), Moment.WRITTEN);
      kill(run, commit, renamed, Moment.RENAMED);
    }
  }

  private static void kill(FixtureRun run, Commit commit, String file, Moment moment)
      throws Exception {
    String name = commit.stage() + "-" + (file.endsWith("manifest") ? "manifest-" : "") + moment;
    Path marker = folder.resolve("phase-" + name);
    Fault fault = Fault.nth(commit.count(), file, moment, marker);
    Driver driver = run.driver(name);
    assertThat(driver.runKilling(fault, run.command()))
        .as("%s: %s", name, driver.output())
        .isEqualTo(KILLED);
    assertThat(marker).content().contains(moment.name());
    run.releaseLease();
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
        "an executor killed with SIGKILL in each of ingest, labelling, calibration, evaluation",
        stages.size() * SLOTS * ShardPlan.SHARDS_PER_CHUNK);
  }

  @Test
  void aSlowTaskIsOvertakenByItsSpeculativeCopyAndBothResultsAreOne() throws Exception {
    Rows rows = new Rows();
    long normal;
    double slowdown;
    try (LocalCluster cluster =
        LocalCluster.started(folder.resolve("two-hosts"), "--workers", "1")) {
      cluster.addWorker("127.0.0.2");
      FixtureRun normally = run("speculation-undisturbed");
      Path quiet = Files.createDirectory(folder.resolve("quiet"));
      complete(
          normally
              .driver()
              .onCluster(cluster.master())
              .with("-Dspark.cores.max=2", "-Dspark.eventLog.dir=" + quiet.toUri()),
          normally);
      normal = labellingTaskMillis(quiet);
      slowdown = (double) Fault.DELAY.toMillis() / normal;
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
      assertThat(overtaking(folder)).as("copies that ended before their slow task").isPositive();
      rows.add(run);
    }
    rows.prove(
        "speculation, one task of labelling slowed by %d ms, %.0f times the median task of labelling, %d ms, in an undisturbed run's event log"
            .formatted(Fault.DELAY.toMillis(), slowdown, normal),
        ShardPlan.SHARDS_PER_CHUNK);
    assertThat(slowdown).isGreaterThanOrEqualTo(20);
  }

  /** The median of labelling's tasks in an event log, in milliseconds. */
  private static long labellingTaskMillis(Path logs) throws IOException {
    Set<String> stages = new HashSet<>();
    List<Long> millis = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(logs, "app-*")) {
      for (Path log : found) {
        for (String line : Files.readAllLines(log)) {
          Matcher stage = STAGE.matcher(line);
          Matcher times = TASK_TIMES.matcher(line);
          if (line.contains("\"Event\":\"SparkListenerStageSubmitted\"")
              && LABELLING.matcher(line).find()
              && stage.find()) {
            stages.add(stage.group(1));
          } else if (line.contains("\"Event\":\"SparkListenerTaskEnd\"")
              && stage.find()
              && stages.contains(stage.group(1))
              && times.find()) {
            millis.add(Long.parseLong(times.group(2)) - Long.parseLong(times.group(1)));
          }
        }
      }
    }
    assertThat(millis).as("tasks of labelling in the event log").isNotEmpty();
    return Math.max(1, millis.stream().sorted().toList().get(millis.size() / 2));
  }

  /** Successful speculative copies in the event logs of this folder. */
  private static long overtaking(Path logs) throws IOException {
    long copies = 0;
    try (DirectoryStream<Path> found = Files.newDirectoryStream(logs, "app-*")) {
      for (Path log : found) {
        copies +=
            Files.readAllLines(log).stream()
                .filter(line -> line.contains("\"Event\":\"SparkListenerTaskEnd\""))
                .filter(line -> line.contains("\"Reason\":\"Success\""))
                .filter(line -> line.contains("\"Speculative\":true"))
                .count();
      }
    }
    return copies;
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
      add(run, undisturbed);
    }

    void add(FixtureRun run, FixtureRun reference) throws IOException {
      for (String stage : List.of("ingest", "subset", "label", "calibrate", "evaluate")) {
        long wanted = reference.census(stage).samples();
        long found = run.census(stage).samples();
        lost += Math.max(0, wanted - found);
        doubled += Math.max(0, found - wanted);
      }
      StoreCensus all = run.census("");
      twice += all.committed() - all.shards();
      different += run.hashes().equals(reference.hashes()) ? 0 : 1;
    }

    /** As {@link #prove}; {@code most} shards may be computed twice. */
    void prove(String what, int most) {
      prove("%s; at most %d shards computed twice".formatted(what, most));
      assertThat(twice).as("shards computed twice").isBetween(0, most);
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
