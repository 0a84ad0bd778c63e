package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.runtime.GeneratedInputs;
import dev.retort.runtime.MemoryPrediction;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.ResidentMemory;
import dev.retort.runtime.SessionSettings;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory outside the heap: predicted, and over the life of an executor. */
@Tag("proof")
class MemoryProof {
  private static final int WARM_UP = 100;
  private static final int CYCLES = 1_000;
  private static final double MEGABYTE = 1e6;

  /** What generated inputs take for an axis that the model leaves open. */
  private static final Map<String, Long> TOKENS = Map.of("sequence_length", 32L);

  /** Measures in a process of its own; it stands beside the tests of the prediction. */
  private static final String GROWTH = "dev.retort.runtime.MemoryGrowth";

  private static final Path MODELS = FashionFixture.ROOT.resolve("data/models");
  private static final Path RESNET = MODELS.resolve("fashion-resnet.onnx");
  private static final Path STUDENT = MODELS.resolve("fashion-student.onnx");
  private static final Path MINILM = MODELS.resolve("minilm/all-minilm-l6-v2.onnx");

  private record Case(Path model, int batch, int callers, int threads) {
    @Override
    public String toString() {
      return "%s, batch %d, %d at a time, %d threads each"
          .formatted(model.getFileName(), batch, callers, threads);
    }
  }

  @Test
  void thePredictedPeakIsWithinAFifthOfTheRealOne() throws Exception {
    List<Case> cases =
        List.of(
            new Case(RESNET, 32, 2, 1),
            new Case(RESNET, 256, 1, 2),
            new Case(STUDENT, 256, 2, 1),
            new Case(STUDENT, 256, 1, 2),
            new Case(MINILM, 8, 2, 1),
            new Case(MINILM, 32, 1, 2));
    SoftAssertions all = new SoftAssertions();
    for (Case one : cases) {
      double predicted = predicted(one);
      double real = real(one);
      ProofPage.row(
          "predicted against real peak memory outside the heap: " + one,
          "within 20 %",
          "%+.0f %% (%.1f against %.1f MB)"
              .formatted(100 * (predicted / real - 1), predicted / MEGABYTE, real / MEGABYTE));
      all.assertThat(predicted / real).as(one.toString()).isBetween(0.8, 1.2);
    }
    all.assertAll();
  }

  @Test
  void openingAndClosingSessionsLeaksNothing() {
    cycle(WARM_UP);
    long before = ResidentMemory.ofThisProcess().nowBytes();
    cycle(CYCLES);
    double grown = (ResidentMemory.ofThisProcess().nowBytes() - before) / MEGABYTE;

    ProofPage.row(
        "resident memory after 1,000 more cycles of opening, running and closing a session",
        "<= +50 MB",
        "%+.1f MB".formatted(grown));
    assertThat(grown).isLessThanOrEqualTo(50);
  }

  private static double predicted(Case one) {
    Model model = OnnxReader.read(one.model());
    MemoryPrediction.Load load = new MemoryPrediction.Load(one.batch(), one.callers(), TOKENS);
    return MemoryPrediction.of(model, ShapeInference.infer(model), load).totalBytes();
  }

  private static double real(Case one) throws Exception {
    Path tests = FashionFixture.ROOT.resolve("common/target/test-classes");
    List<String> command =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-cp"));
    command.add(System.getProperty("java.class.path") + File.pathSeparator + tests);
    command.addAll(List.of(GROWTH, one.model().toString(), STUDENT.toString()));
    command.addAll(
        List.of(
            Integer.toString(one.batch()),
            Integer.toString(one.callers()),
            Integer.toString(one.threads())));
    Launcher.Outcome outcome = Launcher.run(Map.of(), command);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return Double.parseDouble(outcome.output().lines().reduce((a, b) -> b).orElseThrow());
  }

  private static void cycle(int times) {
    for (int i = 0; i < times; i++) {
      try (OnnxSession session = OnnxSession.open(RESNET, SessionSettings.standard())) {
        assertThat(session.run(GeneratedInputs.of(session, Map.of()).samples(8))).isNotEmpty();
      }
    }
  }
}
