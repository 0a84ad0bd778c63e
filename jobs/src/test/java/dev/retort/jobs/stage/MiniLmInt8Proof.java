package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.BadSampleException;
import dev.retort.data.Preprocessing;
import dev.retort.data.Tokenizer;
import dev.retort.data.TokenizerFile;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.ShippedRecipes;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.quantization.DynamicInt8;
import dev.retort.quantization.Int8Preset;
import dev.retort.recipe.RecipeReader;
import dev.retort.recipe.Step;
import dev.retort.statistics.StatisticsTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MiniLM alone, quantized by the preset, next to what ONNX Runtime's own quantizer makes of it. */
@Tag("proof")
class MiniLmInt8Proof {
  private static final Path DATA = FashionFixture.ROOT.resolve("data/wordnet-glosses");
  private static final Path MINILM = FashionFixture.ROOT.resolve("data/models/minilm");
  private static final int MAX_LENGTH = 64;
  private static final int TEST_GLOSSES = 1_000;
  private static final int TRAINING_GLOSSES = 2_000;
  private static final int CALIBRATION_GLOSSES = 2_048;
  private static final int BATCH = 8;
  private static final List<Double> ALPHAS = List.of(0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);

  /**
   * Mean cosines that are closer than this are equally good: from 0.75 to 1.0 those of neighbouring
   * strengths go up and down by 3e-4.
   */
  private static final double NOISE = 5e-4;

  @TempDir static Path folder;

  @Test
  void theEncoderKeepsItsEmbeddingsAndIsAsFastAsThePeers() throws Exception {
    Results results = measured();
    Figures ours = results.test().get("retort");
    Figures peer = results.test().get("onnxruntime");
    SortedMap<Double, Double> byAlpha = results.cosineByAlpha();

    ProofPage.row("MiniLM alone, int8: file", "<= 23.1 MB", megabytes(ours) + "; " + peer(peer));
    ProofPage.row(
        "MiniLM alone, int8: mean and least cosine to the float embedding, first 1,000 test glosses, 64 tokens",
        ">= 0.993",
        "%.4f, %.4f; ONNX Runtime's quantizer: %.4f, %.4f"
            .formatted(
                ours.meanCosine(), ours.leastCosine(), peer.meanCosine(), peer.leastCosine()));
    ProofPage.row(
        "MiniLM alone, int8: texts a second, one thread, batches of 8 by length, from the third pass on",
        ">= ONNX Runtime's quantizer",
        results.test().entrySet().stream()
            .map(e -> "%s %.0f".formatted(e.getKey(), e.getValue().textsPerSecond()))
            .collect(Collectors.joining("; ")));
    ProofPage.row(
        "MiniLM alone, int8: mean cosine on 2,000 training glosses by quantize.smoothing",
        "the default %s within %s of the best".formatted(standard(), NOISE),
        byAlpha.entrySet().stream()
            .map(e -> "%s: %.5f".formatted(e.getKey(), e.getValue()))
            .collect(Collectors.joining("; ")));
    assertThat(ours.sizeBytes()).isLessThanOrEqualTo(23_100_000);
    assertThat(ours.meanCosine()).isGreaterThanOrEqualTo(0.993);
    assertThat(ours.textsPerSecond()).isGreaterThanOrEqualTo(peer.textsPerSecond());
    assertThat(byAlpha.get(standard()))
        .isGreaterThanOrEqualTo(
            byAlpha.values().stream().mapToDouble(cosine -> cosine).max().orElseThrow() - NOISE);
  }

  /** What the script printed, by split and model. */
  record Results(SortedMap<String, Figures> train, SortedMap<String, Figures> test) {
    SortedMap<Double, Double> cosineByAlpha() {
      SortedMap<Double, Double> cosines = new TreeMap<>();
      for (double alpha : ALPHAS) {
        cosines.put(alpha, train.get(attempt(alpha)).meanCosine());
      }
      return cosines;
    }
  }

  record Figures(long sizeBytes, double meanCosine, double leastCosine, double textsPerSecond) {}

  private static double standard() {
    return recipeStep().smoothing();
  }

  private static String attempt(double alpha) {
    return "try-" + alpha;
  }

  private static Results measured() throws Exception {
    Map<Double, Path> models = quantized();
    Path tokens = folder.resolve("tokens.json");
    Files.writeString(
        tokens,
        Json.write(
            new TreeMap<>(
                Map.of(
                    "test", tokens("test", TEST_GLOSSES),
                    "train", tokens("train", TRAINING_GLOSSES)))));
    List<String> arguments = new ArrayList<>();
    arguments.add(MINILM.resolve("all-minilm-l6-v2.onnx").toString());
    arguments.add(tokens.toString());
    arguments.add(folder.resolve("peer").toString());
    arguments.add("retort=" + models.get(standard()));
    models.forEach((alpha, file) -> arguments.add(attempt(alpha) + "=" + file));
    return Json.read(
        PythonPeer.lastLine("ort_dynamic_quantizer.py", arguments.toArray(String[]::new)),
        Results.class);
  }

  /** The encoder quantized with each smoothing, from one calibration on training glosses. */
  private static Map<Double, Path> quantized() {
    SparkTest.session();
    try (Run run = Run.open(request())) {
      Model encoder =
          Preprocessing.prepend(
              OnnxReader.read(MINILM.resolve("all-minilm-l6-v2.onnx")), run.inputs().stored());
      Model fused = Fusion.apply(encoder).model();
      StoredDataset train = new IngestStage(run).execute().train();
      StoredDataset glosses =
          new SubsetStage(run).execute("calibration", train, CALIBRATION_GLOSSES);
      StatisticsTable statistics =
          new CalibrateStage(run).execute(fused, glosses, DynamicInt8.requests(fused), BATCH);
      Map<Double, Path> models = new TreeMap<>();
      for (double alpha : ALPHAS) {
        Path file = folder.resolve(attempt(alpha) + ".onnx");
        OnnxWriter.write(
            Int8Preset.rewrite(fused, DynamicInt8.plan(fused, statistics, alpha)), file);
        models.put(alpha, file);
      }
      return models;
    }
  }

  private static PipelineRequest request() {
    return new PipelineRequest(
        RecipeReader.read(ShippedRecipes.copy("wordnet-glosses.yaml", folder), new TreeMap<>()),
        folder.resolve("work").toUri(),
        Optional.empty(),
        Optional.empty(),
        ProgressListener.silent());
  }

  private static Step.Quantize recipeStep() {
    return request().recipe().steps().stream()
        .filter(Step.Quantize.class::isInstance)
        .map(Step.Quantize.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** The ids of the first glosses of a split. */
  private static List<List<Integer>> tokens(String split, int glosses) throws BadSampleException {
    List<String> texts =
        SparkTest.session()
            .read()
            .parquet(DATA.resolve(split).resolve("part-00000.parquet").toString())
            .limit(glosses)
            .select("text")
            .as(Encoders.STRING())
            .collectAsList();
    List<List<Integer>> all = new ArrayList<>();
    TokenizerFile file = TokenizerFile.read(MINILM.resolve("all-minilm-l6-v2-tokenizer.json"));
    try (Tokenizer tokenizer = Tokenizer.open(file, MAX_LENGTH)) {
      for (String text : texts) {
        ByteBuffer encoded = tokenizer.encode(text).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> ids = new ArrayList<>();
        while (encoded.hasRemaining()) {
          ids.add(encoded.getInt());
        }
        all.add(ids);
      }
    }
    return all;
  }

  private static String megabytes(Figures figures) {
    return String.format(Locale.ROOT, "%.2f MB", figures.sizeBytes() / 1e6);
  }

  private static String peer(Figures figures) {
    return "ONNX Runtime's quantizer: " + megabytes(figures);
  }
}
