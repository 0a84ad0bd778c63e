package dev.retort.jobs.stage;

import static dev.retort.runtime.MemoryPrediction.megabytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.jobs.spark.Cluster;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeReader;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose inner values are 16 MB a sample, because the data is 2,048 by 2,048. */
class MemoryGuardTest {
  private static final Model MODEL =
      Model.of(
          Graph.of(
              "wide",
              List.of(
                  Node.of("square", "Mul", List.of("x", "x"), List.of("s")),
                  Node.of("n", "GlobalAveragePool", List.of("s"), List.of("p")),
                  Node.of("flat", "Flatten", List.of("p"), List.of("y"))),
              Map.of(),
              List.of(floats("x", Dim.of("N"), Dim.of(1), Dim.of("H"), Dim.of("W"))),
              List.of(floats("y", Dim.of("N"), Dim.of(1)))));

  @TempDir private Path folder;

  @Test
  void aLimitOfTheRecipeThatIsTooSmallIsTheUsersError() {
    MemoryGuard guard = guard("64 MB", "local[2]", Long.MAX_VALUE);

    assertThatThrownBy(() -> guard.check("the teacher", MODEL, 4))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageMatching(
            "Cannot run the teacher: runtime.memory-limit is 64 MB, must be at least \\d{3} MB"
                + " \\(weights 0, inner values \\d+, buffers 336\\) for 2 tasks at a time and batches"
                + " of 4; raise it, or set a smaller runtime.batch");
    assertThatCode(() -> guard("2 GB", "local[2]", 0).check("the teacher", MODEL, 4))
        .doesNotThrowAnyException();
  }

  @Test
  void anExecutorThatLacksItIsTheClustersFault() {
    assertLacks(guard("auto", "local[2]", 100_000_000), "an executor has 100 MB outside its heap");
    assertLacks(guard("auto", "spark://host:7077", 99_000_001), "an executor has 100 MB");
    assertFits(guard("auto", "spark://host:7077", 2_000_000_000));
  }

  @Test
  void executorsOnOneHostShareWhatItHas() {
    long need = need(2);
    List<Cluster.Host> roomy = List.of(new Cluster.Host("a", 1, need), host(2, 2 * need));
    List<Cluster.Host> tight = List.of(new Cluster.Host("a", 1, need), host(2, 2 * need - 2));

    assertFits(guard("auto", "spark://host:7077", new Cluster(List.of("cpu"), 6, roomy)));
    assertLacks(
        guard("auto", "spark://host:7077", new Cluster(List.of("cpu"), 6, tight)),
        "Cannot run the teacher: host b has %s free for its 2 executors, must have %s: each needs %s (weights 0, inner values "
            .formatted(megabytes(2 * need - 2), megabytes(2 * need), megabytes(need)),
        " for 2 tasks at a time and batches of 4; run fewer executors on a host, give it more"
            + " memory, or set a smaller runtime.batch");
  }

  @Test
  void everyTaskHoldsTheShardThatItRunsAndTheOneThatItReads() {
    DataInputs inputs = DataInputs.of(recipe("auto").data());
    long sample = 4L * 2_048 * 2_048;
    long shard = 3 * (sample + 4);

    assertThat(MemoryGuard.predict(inputs, MODEL, 4, 2).bufferBytes())
        .as("a batch and two shards for each of two tasks")
        .isEqualTo(2 * (4 * (sample + 4) + 2 * shard));
  }

  @Test
  void ofExecutorsOnOneHostAsManyModelsFitAsEachHasRoomFor() {
    long need = need(1);
    Cluster two = new Cluster(List.of("cpu"), 2, List.of(host(2, 4 * need)));
    MemoryGuard guard = guard("auto", "spark://host:7077", two);

    assertThat(guard.holds(List.of(MODEL, MODEL), 4)).isTrue();
    assertThat(guard.holds(List.of(MODEL, MODEL, MODEL), 4)).isFalse();
  }

  @Test
  void yarnReservesForEachExecutorSoThatTheyAreNotAddedUp() {
    long need = need(1);
    Cluster four = new Cluster(List.of("cpu"), 4, List.of(host(4, need)));
    String overhead = need / (1 << 20) + 1 + "m";

    assertFits(guard("auto", "yarn", four, "spark.executor.memoryOverhead", overhead));
    assertLacks(
        guard("auto", "spark://host:7077", four), "host b has %s".formatted(megabytes(need)));
  }

  @Test
  void onYarnAndKubernetesTheOverheadLimitsIt() {
    long machine = 64_000_000_000L;

    assertLacks(
        guard("auto", "yarn", machine, "spark.executor.cores", "4"),
        "an executor has 403 MB outside its heap, must have ",
        "for 4 tasks at a time",
        "spark.executor.memoryOverhead");
    assertLacks(
        guard("auto", "k8s://https://h", 50_000_000, "spark.executor.memoryOverhead", "9g"),
        "has 50 MB");
    assertFits(
        guard(
            "auto", "yarn", machine, "spark.executor.cores", "4", "spark.executor.memory", "16g"));
    assertFits(guard("auto", "yarn", machine, "spark.executor.cores", "8", "spark.task.cpus", "8"));
  }

  @Test
  void beforeSparkStartsTheTasksThatAreSureToRunAtOnceCount() {
    int cores = Runtime.getRuntime().availableProcessors();

    assertThat(MemoryLimit.callers(new SparkConf(false))).isEqualTo(cores);
    assertThat(callers("local[*]")).isEqualTo(cores);
    assertThat(callers("local")).isEqualTo(1);
    assertThat(callers("local[3]")).isEqualTo(3);
    assertThat(callers("local[6,2]", "spark.task.cpus", "2")).isEqualTo(3);
    assertThat(callers("spark://host:7077")).isEqualTo(1);
    assertThat(callers("yarn", "spark.executor.cores", "4")).isEqualTo(4);
  }

  private static int callers(String master, String... conf) {
    SparkConf spark = new SparkConf(false).set("spark.master", master);
    for (int i = 0; i < conf.length; i += 2) {
      spark.set(conf[i], conf[i + 1]);
    }
    return MemoryLimit.callers(spark);
  }

  private static void assertLacks(MemoryGuard guard, String... parts) {
    assertThatThrownBy(() -> guard.check("the teacher", MODEL, 4))
        .isInstanceOfSatisfying(
            InfrastructureError.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE);
              assertThat(e.getMessage()).startsWith("Cannot run the teacher: ").contains(parts);
            });
  }

  private static void assertFits(MemoryGuard guard) {
    assertThatCode(() -> guard.check("the teacher", MODEL, 4)).doesNotThrowAnyException();
  }

  private static Cluster.Host host(int executors, long availableBytes) {
    return new Cluster.Host("b", executors, availableBytes);
  }

  private long need(int callers) {
    return MemoryGuard.predict(DataInputs.of(recipe("auto").data()), MODEL, 4, callers)
        .totalBytes();
  }

  private MemoryGuard guard(String limit, String master, long availableBytes, String... conf) {
    Cluster.Host host = new Cluster.Host("a", 1, availableBytes);
    return guard(limit, master, new Cluster(List.of("cpu"), 2, List.of(host)), conf);
  }

  private MemoryGuard guard(String limit, String master, Cluster cluster, String... conf) {
    SparkConf spark = new SparkConf(false).set("spark.master", master);
    for (int i = 0; i < conf.length; i += 2) {
      spark.set(conf[i], conf[i + 1]);
    }
    Recipe recipe = recipe(limit);
    return new MemoryGuard(recipe, DataInputs.of(recipe.data()), spark, cluster);
  }

  private Recipe recipe(String limit) {
    String text =
        """
        name: wide
        model: wide.onnx
        data:
          train: {format: csv, path: data}
          test: {format: csv, path: data}
          inputs:
            x: {type: float32, shape: [1, 2048, 2048]}
        steps: [fuse]
        runtime: {memory-limit: %s}
        """
            .formatted(limit);
    try {
      return RecipeReader.read(
          Files.writeString(folder.resolve("recipe.yaml"), text), new TreeMap<>());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ValueInfo floats(String name, Dim... dims) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, dims));
  }
}
