package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.ShippedRecipes;
import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.spark.ShardComputation;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.recipe.RecipeReader;
import dev.retort.runtime.MemoryPrediction;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory outside the heap: predicted, and over the life of an executor. */
@Tag("proof")
class MemoryProof {
  private static final int WARM_UP = 100;
  private static final int CYCLES = 1_000;
  private static final double MEGABYTE = 1e6;

  private static final Path MODELS = FashionFixture.ROOT.resolve("data/models");
  private static final Path RESNET = MODELS.resolve("fashion-resnet.onnx");
  private static final Path STUDENT = MODELS.resolve("fashion-student.onnx");
  private static final String IMAGES = "fashion-mnist.yaml";
  private static final String TEXTS = "wordnet-glosses.yaml";

  /** Of the training images: as many as have the largest shards, which the prediction is for. */
  private static final int COPIES = 5;

  /** Threads meet by chance, and so do their greatest needs. */
  private static final int PROCESSES = 3;

  private static final Pattern SPACE = Pattern.compile(" ");

  @TempDir static Path folder;

  /** The teacher of {@code recipe} is {@code model}, unless that is empty. */
  private record Case(
      String name, String recipe, Optional<Path> model, int batch, int callers, int threads) {
    static Case of(Path model, int batch, int callers, int threads) {
      String name = model.getFileName().toString();
      return new Case(name, IMAGES, Optional.of(model), batch, callers, threads);
    }

    static Case ofTexts(int batch, int callers, int threads) {
      return new Case("MiniLM and head", TEXTS, Optional.empty(), batch, callers, threads);
    }

    @Override
    public String toString() {
      return "%s, batch %d, %d at a time, %d threads each".formatted(name, batch, callers, threads);
    }
  }

  @Test
  void thePredictedPeakIsWithinAFifthOfTheRealOneOfAnExecutorsTasks() throws Exception {
    List<Case> cases =
        List.of(
            Case.of(RESNET, 32, 2, 1),
            Case.of(RESNET, 256, 1, 2),
            Case.of(STUDENT, 256, 2, 1),
            Case.of(STUDENT, 256, 1, 2),
            Case.ofTexts(8, 2, 1),
            Case.ofTexts(32, 1, 2));
    Path images = FashionFixture.copies(folder.resolve("images"), COPIES);
    Path warmUp = serialized("warm-up", warmUp());
    SoftAssertions all = new SoftAssertions();
    for (int i = 0; i < cases.size(); i++) {
      Case one = cases.get(i);
      try (Run run = Run.open(request(one, images))) {
        Teacher teacher = new TeacherStage(run).execute();
        StoredDataset data = new IngestStage(run).execute().train();
        MemoryPrediction predicted =
            MemoryGuard.predict(run.inputs(), teacher.fused(), one.batch(), one.callers());
        ShardComputation labelling =
            new LabelStage(run, teacher, one.batch()).computation(data, OptionalInt.empty());
        double real = real("case-" + i, warmUp, serialized("case-" + i, labelling), one.callers());
        double ratio = predicted.totalBytes() / real;
        ProofPage.row(
            "what `plan` prints and the guard enforces, against the real peak of memory outside the heap of a process that runs the tasks of labelling, read-ahead included (median of 3): "
                + one,
            "within 20 %",
            "%+.0f %% (%.1f against %.1f MB; shards of %d)"
                .formatted(
                    100 * (ratio - 1),
                    predicted.totalBytes() / MEGABYTE,
                    real / MEGABYTE,
                    data.descriptor().plan().samplesPerShard()));
        all.assertThat(ratio).as(one.toString()).isBetween(0.8, 1.2);
      }
    }
    all.assertAll();
  }

  @Test
  void openingAndClosingSessionsInAnExecutorLeaksNothing() throws Exception {
    Driver driver =
        new Driver(folder.resolve("cycles.log"))
            .running(SessionCycles.class)
            .onCluster("local-cluster[1,1,1024]", folder.resolve("spark"))
            .with("-Dspark.executor.extraJavaOptions=-XX:+AlwaysPreTouch");
    int exitCode =
        driver.run(RESNET.toString(), Integer.toString(WARM_UP), Integer.toString(CYCLES));

    assertThat(exitCode).as(driver.output()).isZero();
    String line =
        driver.output().lines().filter(text -> text.startsWith("executor ")).findFirst().get();
    List<String> words = SPACE.splitAsStream(line).toList();
    double before = Long.parseLong(words.get(2)) / MEGABYTE;
    double warm = Long.parseLong(words.get(3)) / MEGABYTE;
    double after = Long.parseLong(words.get(4)) / MEGABYTE;
    ProofPage.row(
        "1,000 cycles of opening, running and closing a session in a Spark task: resident memory of the executor's process, after %d cycles to warm up"
            .formatted(WARM_UP),
        "<= +50 MB",
        "%+.1f MB (%.1f before the warm-up, %.1f after it, %.1f at the end)"
            .formatted(after - warm, before, warm, after));
    assertThat(words.get(1)).as("the executor, which is not the driver").isEqualTo("0");
    assertThat(after - warm).isLessThanOrEqualTo(50);
  }

  /** Labelling with a model and data so small that it takes nothing to speak of. */
  private static ShardComputation warmUp() throws IOException {
    FashionFixture fixture = new FashionFixture(Files.createDirectory(folder.resolve("small")));
    try (Run run = Run.open(fixture.request("work", Map.of("model", STUDENT.toString())))) {
      Teacher teacher = new TeacherStage(run).execute();
      StoredDataset data = new IngestStage(run).execute().train();
      return new LabelStage(run, teacher, 8).computation(data, OptionalInt.empty());
    }
  }

  private static PipelineRequest request(Case one, Path images) {
    Map<String, String> settings = new HashMap<>();
    one.model().ifPresent(model -> settings.put("model", model.toString()));
    if (one.recipe().equals(IMAGES)) {
      settings.put("data.train.path", images.toString());
    }
    settings.put("runtime.threads", Integer.toString(one.threads()));
    return new PipelineRequest(
        RecipeReader.read(ShippedRecipes.copy(one.recipe(), folder), new TreeMap<>(settings)),
        folder.resolve("work").toUri(),
        Optional.empty(),
        Optional.empty(),
        ProgressListener.silent());
  }

  private static Path serialized(String name, ShardComputation computation) throws IOException {
    Path file = folder.resolve(name + ".computation");
    try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
      out.writeObject(computation);
    }
    return file;
  }

  /** The median of several processes. */
  private static double real(String name, Path warmUp, Path computation, int callers)
      throws Exception {
    List<Double> peaks = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      peaks.add(growth(name + "-" + i, warmUp, computation, callers));
    }
    return peaks.stream().sorted().toList().get(PROCESSES / 2);
  }

  private static double growth(String name, Path warmUp, Path computation, int callers)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(List.of("-Xmx256m", "-Xms256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TaskMemory.class.getName());
    command.add(folder.resolve(name).toString());
    command.addAll(List.of(warmUp.toString(), computation.toString(), Integer.toString(callers)));
    Launcher.Outcome outcome = Launcher.run(Map.of(), command);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return Double.parseDouble(outcome.output().lines().reduce((a, b) -> b).orElseThrow());
  }
}
