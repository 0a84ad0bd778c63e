package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.ShippedRecipes;
import dev.retort.jobs.SparkTest;
import dev.retort.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code retort bench} on the models and data of the repository, all ways in one run. */
@Tag("proof")
class SpeedProof {
  private static final int PASSES = 3;
  private static final int COPIES = 20;
  private static final long GLOSSES = 8_192;

  /** Twice as many: the rest of a shard at the end, when one slot is done, weighs half. */
  private static final long PADDED_GLOSSES = 2 * GLOSSES;

  private static final double MOST_JOB_SECONDS = 0.5;
  private static final String IMAGES = "fashion-mnist.yaml";
  private static final String TEXTS = "wordnet-glosses.yaml";

  @TempDir static Path folder;

  private static String python;

  @BeforeAll
  static void findPython() throws Exception {
    SparkTest.session();
    python = PythonPeer.executable();
  }

  @Test
  void labellingTheResnetReaches92PerCentOfTheBareLoop() {
    BenchResult result = bench(IMAGES, Long.MAX_VALUE, Map.of("runtime.batch", "32"));

    row(
        "labelling fashion-resnet, 54,000 images, batch 32, against the bare loop",
        ">= 92 %",
        result);
    assertThat(share(result)).isGreaterThanOrEqualTo(0.92);
    assertThat(result.jobSeconds()).isLessThanOrEqualTo(MOST_JOB_SECONDS);
  }

  @Test
  void labellingTheStudentOnAMillionImagesReaches70PerCentOfTheBareLoop() throws IOException {
    BenchResult result =
        bench(
            IMAGES,
            Long.MAX_VALUE,
            Map.of(
                "model", FashionFixture.ROOT.resolve("data/models/fashion-student.onnx").toString(),
                "data.train.path",
                    FashionFixture.copies(folder.resolve("images"), COPIES).toString(),
                "runtime.batch", "256"));

    row(
        "labelling fashion-student, 1,190,000 images, batch 256, against the bare loop",
        ">= 70 %",
        result);
    assertThat(result.samples()).isGreaterThanOrEqualTo(1_000_000);
    assertThat(share(result)).isGreaterThanOrEqualTo(0.7);
    assertThat(result.jobSeconds()).isLessThanOrEqualTo(MOST_JOB_SECONDS);
  }

  @Test
  void labellingPaddedTextsReaches97PerCentOfTheBareLoop() {
    BenchResult result =
        bench(
            TEXTS,
            PADDED_GLOSSES,
            Map.of("data.inputs.text.pad-to", "max-length", "runtime.batch", "32"));

    row(
        "labelling glosses with MiniLM, all padded to 64, batch 32, against the bare loop",
        ">= 97 %",
        result);
    assertThat(share(result)).isGreaterThanOrEqualTo(0.97);
    assertThat(result.jobSeconds()).isLessThanOrEqualTo(MOST_JOB_SECONDS);
  }

  @Test
  void labellingSortedTextsIsThreeTimesAsFastAsPaddingAll() {
    BenchResult result = bench(TEXTS, GLOSSES, Map.of("runtime.batch", "auto"));

    double padded = result.samplesPerSecond(BenchResult.AS_PEERS);
    double gain = result.samplesPerSecond(BenchResult.RETORT) / padded;
    ProofPage.row(
        "labelling glosses with MiniLM, sorted by length, batch %d by the probe, against a bare loop with all padded to 64, batch 32"
            .formatted(result.batch()),
        ">= 3x",
        "%.2fx (%.0f of %.0f rows/s)"
            .formatted(gain, result.samplesPerSecond(BenchResult.RETORT), padded));
    assertThat(gain).isGreaterThanOrEqualTo(3);
    assertThat(result.jobSeconds()).isLessThanOrEqualTo(MOST_JOB_SECONDS);
  }

  private static BenchResult bench(String recipe, long samples, Map<String, String> overrides) {
    PipelineRequest request =
        new PipelineRequest(
            RecipeReader.read(ShippedRecipes.copy(recipe, folder), new TreeMap<>(overrides)),
            folder.resolve("work").toUri(),
            Optional.empty(),
            Optional.empty(),
            ProgressListener.silent());
    return Pipeline.bench(request, new BenchRequest(samples, PASSES, python));
  }

  private static double share(BenchResult result) {
    return result.samplesPerSecond(BenchResult.RETORT) / result.samplesPerSecond(BenchResult.LIMIT);
  }

  private static void row(String figure, String wanted, BenchResult result) {
    StringBuilder others = new StringBuilder();
    double limit = result.samplesPerSecond(BenchResult.LIMIT);
    for (BenchResult.Way way : result.ways()) {
      others.append(
          way.samplesPerSecond() > 0
              ? String.format(
                  Locale.ROOT,
                  "; %s: %.0f rows/s, %.1f %%",
                  way.name(),
                  way.samplesPerSecond(),
                  100 * way.samplesPerSecond() / limit)
              : "; " + way.name() + ": " + way.note());
    }
    ProofPage.row(
        figure,
        wanted,
        String.format(
            Locale.ROOT,
            "%.1f %%; fixed job cost %.2f s%s",
            100 * share(result),
            result.jobSeconds(),
            others));
  }
}
