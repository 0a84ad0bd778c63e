package dev.retort.report;

import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import dev.retort.provenance.Seed;
import dev.retort.provenance.Sha256;
import dev.retort.quantization.ActivationQuantization;
import dev.retort.quantization.LayerQuantization;
import dev.retort.quantization.RoundedWeights;
import dev.retort.statistics.AffineGrid;
import dev.retort.statistics.Range;
import dev.retort.statistics.ValueHistogram;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** A report like that of a small residual network, fused and quantized. */
final class SampleReport {
  private static final long TEACHER_BYTES = 2_807_544;
  private static final long SAMPLES = 10_000;

  private SampleReport() {}

  static ReportData data() {
    return new ReportData(
        "fashion-mnist",
        "fashion-mnist-3f9a1c0be742",
        "24 November 2026, 14:35 UTC",
        List.of(
            new DataSummary("train", 54_000, Optional.empty()),
            new DataSummary("validation", 6_000, Optional.empty()),
            new DataSummary("test", SAMPLES, Optional.empty())),
        teacher(),
        List.of(
            new StepResult(fused(), fusePlan(), QuantizedTensors.none()),
            new StepResult(
                quantized(), quantizePlan(), new QuantizedTensors(activations(), weights()))),
        profiles(),
        stages(),
        provenance(),
        "deploy/retort compress conf/recipes/fashion-mnist.yaml \\\n"
            + "  --set data.seed=7 --measurements runs/fashion-mnist-3f9a1c0be742/measurements.json");
  }

  static ModelResult teacher() {
    return new ModelResult(
        "fashion-resnet",
        "data/models/fashion-resnet.onnx",
        Sha256.of("teacher").hex(),
        TEACHER_BYTES,
        2_593_120,
        Quality.of(SAMPLES).withLabels(Estimate.ofShare(9490, SAMPLES), 0.94893),
        List.of(new Latency(1, 1, 1.172, 1.151, 1.214), new Latency(32, 1, 33.61, 33.2, 34.9)),
        List.of(),
        graph(
            58,
            698_154,
            Map.of(
                "Conv",
                17L,
                "BatchNormalization",
                17L,
                "Relu",
                15L,
                "Add",
                6L,
                "GlobalAveragePool",
                1L,
                "Flatten",
                1L,
                "Gemm",
                1L)));
  }

  static ModelResult fused() {
    return new ModelResult(
        "fuse",
        "steps/01-fuse/model.onnx",
        Sha256.of("fused").hex(),
        2_795_210,
        2_590_004,
        Quality.of(SAMPLES)
            .withLabels(Estimate.ofShare(9490, SAMPLES), 0.94893)
            .withChange(new Estimate(0, -0.0003, 0.0003))
            .withTeacher(1, 2.1e-12, 1),
        List.of(new Latency(1, 1, 1.013, 0.99, 1.04), new Latency(32, 1, 29.4, 29.1, 30.2)),
        List.of(),
        graph(
            41,
            696_010,
            Map.of(
                "Conv",
                17L,
                "Relu",
                15L,
                "Add",
                6L,
                "GlobalAveragePool",
                1L,
                "Flatten",
                1L,
                "Gemm",
                1L)));
  }

  static ModelResult quantized() {
    return new ModelResult(
        "quantize",
        "steps/02-quantize/model.onnx",
        Sha256.of("quantized").hex(),
        746_918,
        611_204,
        Quality.of(SAMPLES)
            .withLabels(Estimate.ofShare(9483, SAMPLES), 0.94821)
            .withChange(new Estimate(-0.0007, -0.0021, 0.0008))
            .withTeacher(0.9893, 0.00174, 0.99942),
        List.of(new Latency(1, 1, 0.413, 0.402, 0.437), new Latency(32, 1, 11.52, 11.3, 12.4)),
        List.of(
            new Gate("accuracy drop", "0.07 points", "at most 0.5 points", true),
            new Gate("size ratio", "3.76×", "at least 3×", true)),
        graph(
            143,
            696_010,
            Map.of(
                "Conv",
                17L,
                "Relu",
                15L,
                "Add",
                6L,
                "GlobalAveragePool",
                1L,
                "Flatten",
                1L,
                "Gemm",
                1L,
                "QuantizeLinear",
                42L,
                "DequantizeLinear",
                60L)));
  }

  private static GraphSummary graph(long nodes, long parameters, Map<String, Long> operators) {
    return new GraphSummary(17, nodes, parameters, 61_248_000, new TreeMap<>(operators));
  }

  private static Plan fusePlan() {
    List<Decision> decisions = new ArrayList<>();
    for (int i = 1; i <= 17; i++) {
      decisions.add(
          Decision.of(
              "/layer" + (1 + i / 6) + "/conv" + i,
              "fold BatchNorm",
              "BatchNorm bn" + i + " follows and nothing else reads the convolution"));
    }
    decisions.add(
        Decision.of("/Flatten", "keep", "Flatten joins no rule: its output feeds the classifier"));
    return new Plan("fuse", new TreeMap<>(Map.of("rules", "14", "passes", "2")), decisions);
  }

  private static Plan quantizePlan() {
    List<Decision> decisions = new ArrayList<>();
    for (int i = 1; i <= 17; i++) {
      decisions.add(
          Decision.of(
                  "/layer" + (1 + i / 6) + "/conv" + i,
                  "int8",
                  "weights per output channel, activations per tensor: CONV_GEMM always joins")
              .with("sqnrDecibels", 41.2 - i * 0.63)
              .with("clippedFraction", i * 3e-6)
              .with("scale", 0.0123 + i * 0.0007));
    }
    for (int i = 1; i <= 6; i++) {
      decisions.add(
          Decision.of(
                  "/layer" + (1 + i / 2) + "/add" + i,
                  "int8",
                  "Add joins: 2.84 times faster with it, 2.21 without, at the same accuracy on"
                      + " validation")
              .with("sqnrDecibels", 36.9 - i));
    }
    decisions.add(
        Decision.of(
                "/GlobalAveragePool",
                "keep float",
                "Pools stay float: quantized they cost 0.04 points on validation and save 0.1 %")
            .with("pointsLost", 0.04));
    decisions.add(
        Decision.of("model", "range mse", "least KL on validation among 5 estimators")
            .with("klMse", 0.00171)
            .with("klPercentile", 0.00189)
            .with("klMinMax", 0.00455)
            .with("klEntropy", 0.00236)
            .with("klSqnr", 0.00178));
    return new Plan(
        "quantize",
        new TreeMap<>(Map.of("preset", "int8", "samples", "2048", "range", "mse", "seed", "7")),
        decisions);
  }

  private static List<TensorHistogram> activations() {
    List<TensorHistogram> histograms = new ArrayList<>();
    for (int i = 1; i <= 24; i++) {
      boolean isRelu = i % 3 != 0;
      ValueHistogram values = activation(i, isRelu);
      float max = values.maximum() * (i % 5 == 0 ? 1f : 0.62f);
      Range range = new Range(isRelu ? 0 : values.minimum() * 0.7f, max);
      String kind = isRelu ? "/Relu_output_" : "/Add_output_";
      histograms.add(
          TensorHistogram.of(
              quantized("/layer" + (1 + i / 7) + "/block" + i % 3 + kind + i, range, values),
              values));
    }
    return histograms;
  }

  static ActivationQuantization quantized(String tensor, Range range, ValueHistogram values) {
    double clipped = values.distribution(tensor).fractionOutside(range.min(), range.max());
    return new ActivationQuantization(
        tensor, range, AffineGrid.of(range, 8), Optional.empty(), clipped, 38.25, "mse");
  }

  private static ValueHistogram activation(int number, boolean isRelu) {
    Random random = new Seed(number).derive("sample").random();
    float[] values = new float[40_000];
    for (int j = 0; j < values.length; j++) {
      double heavy = random.nextGaussian() * Math.exp(0.35 * random.nextGaussian() * (number % 5));
      values[j] = (float) (isRelu ? Math.max(0, heavy + 0.2 * (number % 4) - 0.4) : heavy - 0.3);
    }
    ValueHistogram histogram = new ValueHistogram();
    histogram.update(FloatBuffer.wrap(values));
    return histogram;
  }

  private static List<TensorHistogram> weights() {
    List<TensorHistogram> histograms = new ArrayList<>();
    for (int i = 1; i <= 18; i++) {
      ValueHistogram values = activation(40 + i, false);
      float scale = Math.max(values.maximum(), -values.minimum()) / 127;
      LayerQuantization layer =
          new LayerQuantization(
              "conv" + i, "layer.conv" + i, List.of(scale, scale / 4), List.of(0f, 0f), 41.7, "");
      histograms.add(
          TensorHistogram.of(
              new RoundedWeights(
                  layer.weight(), layer.scales(), layer.signalToNoise(), values, 0, 0.031)));
    }
    return histograms;
  }

  private static List<TimeProfile> profiles() {
    List<TimeProfile.Entry> nodes = new ArrayList<>();
    for (int i = 8; i >= 1; i--) {
      nodes.add(new TimeProfile.Entry("/layer/conv" + i, "Conv", 1, 60 * i, 0.02 * i));
    }
    return List.of(
        new TimeProfile(
            "fashion-resnet",
            List.of(
                new TimeProfile.Entry("Conv", "Conv", 17, 940, 0.815),
                new TimeProfile.Entry("Add", "Add", 6, 212, 0.184),
                new TimeProfile.Entry("Gemm", "Gemm", 1, 1, 0.001)),
            nodes),
        new TimeProfile(
            "quantize",
            List.of(
                new TimeProfile.Entry("QLinearConv", "QLinearConv", 17, 310, 0.8),
                new TimeProfile.Entry("QLinearAdd", "QLinearAdd", 6, 77, 0.2)),
            List.of(new TimeProfile.Entry("/stem/Conv_quant", "QLinearConv", 1, 60, 0.155))));
  }

  private static List<StageTime> stages() {
    return List.of(
        new StageTime("ingest", 17.4, "60,000 rows into 121 + 14 shards"),
        new StageTime("ingest test", 4.1, "10,000 rows into 79 shards"),
        new StageTime("fuse", 0.21, "17 of 17 BatchNorms folded"),
        new StageTime("measure", 9.6, "3 batch sizes, 200 runs each"),
        new StageTime("label", 71.8, "135 shards, 0 from the store"),
        new StageTime("calibrate", 3.2, "2,048 samples, 5 estimators from one pass"),
        new StageTime("quantize", 31.3, "6 candidates on validation"),
        new StageTime("evaluate", 22.9, "3 models, 10,000 samples"),
        new StageTime("report", 0.12, ""));
  }

  private static SortedMap<String, String> provenance() {
    SortedMap<String, String> provenance = new TreeMap<>();
    provenance.put("recipe SHA-256", Sha256.of("recipe").hex());
    provenance.put("train data", Sha256.of("train").hex());
    provenance.put("test data", Sha256.of("test").hex());
    provenance.put("calibration seed", "7");
    provenance.put("Retort", "0.1.0");
    provenance.put("ONNX Runtime", "1.28.0");
    provenance.put("Spark", "3.5.9, local[2]");
    provenance.put("Java", "17.0.15, Linux amd64");
    provenance.put("CPU class", "amd64/AuthenticAMD/avx+avx2+f16c+fma+sse4_1");
    return provenance;
  }
}
