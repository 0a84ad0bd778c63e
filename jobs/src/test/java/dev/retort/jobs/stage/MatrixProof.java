package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.ShippedRecipes;
import dev.retort.jobs.deploy.LocalCluster;
import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.fault.Fault;
import dev.retort.jobs.fault.Fault.Moment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same bits for any number of partitions and cores, on embedded Spark, on a standalone cluster,
 * and there with an executor that is killed: for images and for texts.
 */
@Tag("proof")
class MatrixProof {
  private static final List<Integer> PARTITIONS = List.of(1, 2, 7, 64);
  private static final List<Integer> CORES = List.of(1, 2);

  @TempDir static Path folder;

  private static LocalCluster cluster;

  /** Where a run computes. */
  private enum Place {
    EMBEDDED,
    STANDALONE,
    STANDALONE_LOSING_AN_EXECUTOR
  }

  @BeforeAll
  static void startTheCluster() throws Exception {
    cluster = LocalCluster.started(folder.resolve("cluster"));
  }

  @AfterAll
  static void stopTheCluster() {
    cluster.close();
  }

  @Test
  void imagesHaveOneHashEach() throws Exception {
    Path images = Files.createDirectory(folder.resolve("images"));
    FashionFixture fixture = new FashionFixture(images);
    Pipeline.compress(fixture.request("first", Map.of()));

    FixtureRun first = FixtureRun.of(images, "first");
    prove("images", first, List.of("ingest", "label", "calibrate", "evaluate"));
  }

  /** The shipped recipe on fewer texts, without gates, which few texts may miss. */
  @Test
  void textsHaveOneHashEach() throws Exception {
    Path texts = Files.createDirectory(folder.resolve("texts"));
    GlossFixture fixture = new GlossFixture(texts);
    Path shipped = ShippedRecipes.copy("wordnet-glosses.yaml", texts);
    Files.move(shipped, texts.resolve("recipe.yaml"));
    FixtureRun first =
        FixtureRun.of(texts, "first")
            .with("--set", "data.train.path=" + fixture.data("train"))
            .with("--set", "data.test.path=" + fixture.data("test"))
            .with("--set", "steps.1.quantize.calibration.samples=256")
            .with("--set", "gates={}");
    complete(first, first.driver());

    prove("texts", first, List.of("ingest", "label", "calibrate", "evaluate"));
  }

  /** Compares all runs with one another; executors are killed in one stage after the other. */
  private static void prove(String what, FixtureRun first, List<String> stages) throws Exception {
    SortedMap<String, String> expected = first.hashes();
    List<SortedMap<String, String>> results = new ArrayList<>(List.of(expected));
    List<String> different = new ArrayList<>();
    Iterator<String> killed = Stream.generate(() -> stages).flatMap(List::stream).iterator();
    for (Place place : Place.values()) {
      for (int cores : CORES) {
        for (int partitions : PARTITIONS) {
          FixtureRun run =
              first
                  .named("%s-%d-%d".formatted(place, cores, partitions))
                  .replaying(first)
                  .with("--set", "spark.partitions=" + partitions);
          Driver driver = run.driver();
          switch (place) {
            case EMBEDDED ->
                complete(run, driver.with("-Dspark.master=local[%d]".formatted(cores)));
            case STANDALONE -> complete(run, standalone(driver, cores));
            case STANDALONE_LOSING_AN_EXECUTOR ->
                completeKilling(killed.next(), run, standalone(driver, cores));
          }
          SortedMap<String, String> hashes = run.hashes();
          results.add(hashes);
          if (!hashes.equals(expected)) {
            Set<Map.Entry<String, String>> other = new HashSet<>(hashes.entrySet());
            other.removeAll(expected.entrySet());
            different.add(run.name() + " " + other);
          }
        }
      }
    }

    SortedMap<String, Integer> distinct = RunHashes.kinds(results);
    ProofPage.row(
        "different hashes of %s over 1, 2, 7, 64 partitions x 1, 2 cores x embedded, standalone, standalone with an executor killed: %d runs"
            .formatted(what, results.size()),
        "1 each",
        distinct.toString());
    assertThat(different).isEmpty();
    assertThat(distinct).containsKeys("labels", "statistics", "plans", "models");
    assertThat(distinct.values()).containsOnly(1);
  }

  private static Driver standalone(Driver driver, int cores) {
    return driver.onCluster(cluster.master()).with("-Dspark.cores.max=" + cores);
  }

  private static void complete(FixtureRun run, Driver driver) throws Exception {
    int exitCode = driver.run(run.command());
    assertThat(exitCode).as("%s: %s", run.name(), driver.output()).isZero();
  }

  private static void completeKilling(String stage, FixtureRun run, Driver driver)
      throws Exception {
    Fault fault =
        Fault.first(
                ".*/store/%s/.*/p.*(parquet|states)".formatted(stage),
                Moment.HALF_WRITTEN,
                run.folder().resolve("kill-" + run.name()))
            .inExecutor();
    int exitCode = driver.runKilling(fault, run.command());
    assertThat(exitCode).as("%s: %s", run.name(), driver.output()).isZero();
    assertThat(driver.output()).as(stage).contains("Lost executor");
  }
}
