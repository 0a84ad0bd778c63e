package dev.retort.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.InputSpec;
import dev.retort.data.Layout;
import dev.retort.data.Preprocessing;
import dev.retort.fusion.Fusion;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.metrics.Confusion;
import dev.retort.metrics.Divergence;
import dev.retort.plan.Decision;
import dev.retort.statistics.RangeEstimator;
import dev.retort.statistics.StatisticsTable;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The preset on the trained residual network, with 512 images to calibrate and 512 others. */
class FashionQuantizationTest {
  private static final Path DATA = Path.of(System.getProperty("retort.root"), "data");
  private static final Dims IMAGE = Dims.of(1, 28, 28);
  private static final int CALIBRATION = 512;
  private static final int VALIDATION = 512;

  @TempDir static Path folder;

  private static final IntBuffer LABELS = IntBuffer.allocate(CALIBRATION + VALIDATION);
  private static Model model;
  private static StatisticsTable statistics;
  private static SampleBlock validation;
  private static SampleBlock logits;

  @BeforeAll
  static void calibrate() throws IOException {
    InputSpec input =
        new InputSpec(
            "image",
            "image",
            ElementType.UINT8,
            List.of(1L, 28L, 28L),
            1 / 255.0,
            List.of(),
            List.of(),
            Layout.AS_MODEL,
            null);
    Model trained = OnnxReader.read(DATA.resolve("models/fashion-resnet.onnx"));
    model = Fusion.apply(Preprocessing.prepend(trained, List.of(input))).model();
    SampleBlock images = images();
    statistics = Nets.calibrated(model, images.slice(0, CALIBRATION), folder);
    validation = images.slice(CALIBRATION, VALIDATION);
    logits = Nets.output(model, validation, folder);
  }

  @Test
  void itIsSmallAndCloseToTheFloatModelWhateverTheRanges() {
    for (RangeEstimator range : RangeEstimator.ALL) {
      QuantizationChoice choice = StaticInt8.candidates(model, range).get(0);
      Model quantized = Int8Preset.rewrite(model, StaticInt8.plan(model, statistics, choice));
      Divergence divergence = Divergence.of(logits, Nets.output(quantized, validation, folder));
      assertThat(OnnxWriter.toBytes(quantized)).hasSizeLessThan(748_000);
      // Entropy calibration clips much at once: more than 1 % disagree.
      boolean clips = range.equals(RangeEstimator.KL);
      assertThat(divergence.agreement()).as(range.name()).isGreaterThan(clips ? 0.97 : 0.994);
      assertThat(divergence.meanDivergence()).as(range.name()).isLessThan(clips ? 0.02 : 0.0005);
    }
  }

  @Test
  void accuracyIsKept() {
    QuantizationChoice choice = StaticInt8.candidates(model, RangeEstimator.MSE).get(0);
    Model quantized = Int8Preset.rewrite(model, StaticInt8.plan(model, statistics, choice));
    IntBuffer labels = LABELS.slice(CALIBRATION, VALIDATION);
    double before = Confusion.of(logits, labels).accuracy();
    double after = Confusion.of(Nets.output(quantized, validation, folder), labels).accuracy();
    assertThat(before).isGreaterThan(0.94);
    assertThat(after).isGreaterThan(before - 0.004);
  }

  @Test
  void whatIsSaidOfEachNodeIsWhatThePlanDecides() {
    Map<String, String> said = Int8Preset.byNode(model);
    List<StaticPlan> plans =
        StaticInt8.candidates(model, RangeEstimator.MSE).stream()
            .map(choice -> StaticInt8.plan(model, statistics, choice))
            .toList();

    assertThat(said).hasSize(model.graph().nodes().size());
    assertThat(said.values()).filteredOn(c -> c.startsWith("fold-into-range: Relu")).hasSize(13);
    for (StaticPlan plan : plans) {
      Map<String, Decision> decided = new HashMap<>();
      plan.activations().forEach(a -> decided.put(a.tensor(), a.toDecision()));
      plan.layers().forEach(layer -> decided.put(layer.output(), layer.toDecision()));
      plan.others().forEach(decision -> decided.put(decision.target(), decision));
      for (Node node : model.graph().nodes()) {
        Decision decision = decided.get(node.output(0));
        String clause = said.get(node.name());
        if (decision == null) {
          assertThat(clause)
              .as(node.name())
              .contains(
                  switch (node.opType()) {
                    case "Add" -> "uint8: its range is that of the bound that reads it";
                    case "Cast" -> "uint8-as-stored: is the bytes of";
                    default -> "moves values";
                  });
          continue;
        }
        assertThat(clause).as(node.name()).contains(decision.action());
        if (!decision.action().equals("uint8")) {
          assertThat(clause).contains(decision.reason().replaceFirst("; bias corrected.*", ""));
        }
      }
    }
  }

  private static SampleBlock images() throws IOException {
    int samples = CALIBRATION + VALIDATION;
    ByteBuffer bytes = AlignedBuffers.allocate((int) (samples * IMAGE.elementCount()));
    Path file = DATA.resolve("fashion-mnist/train/part-00000.parquet");
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
            .build()) {
      for (int sample = 0; sample < samples; sample++) {
        Group row = rows.read();
        bytes.put(row.getBinary("image", 0).getBytes());
        LABELS.put(sample, row.getInteger("label", 0));
      }
    }
    return new SampleBlock(ElementType.UINT8, IMAGE, samples, bytes.flip());
  }
}
