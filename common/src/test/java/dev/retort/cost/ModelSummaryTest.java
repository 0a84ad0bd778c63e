package dev.retort.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.retort.graph.OperatorSet;
import dev.retort.graph.onnx.OnnxReader;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ModelSummaryTest {
  @Test
  void theResnetIsSummarised() {
    Path file = Path.of(System.getProperty("retort.root"), "data", "models", "fashion-resnet.onnx");
    ModelSummary summary = ModelSummary.of(OnnxReader.read(file));
    assertThat(summary.producer()).isEqualTo("pytorch 2.8.0");
    assertThat(summary.operatorSets()).containsExactly(new OperatorSet("", 17));
    assertThat(summary.inputs())
        .containsExactly(new ModelSummary.Value("image", "FLOAT32[N, 1, 28, 28]"));
    assertThat(summary.outputs())
        .containsExactly(new ModelSummary.Value("logits", "FLOAT32[N, 10]"));
    assertThat(summary.operators())
        .extracting(OperatorCost::opType, OperatorCost::nodes)
        .contains(
            tuple("Conv", 15), tuple("BatchNormalization", 15), tuple("Relu", 13), tuple("Add", 6));
    assertThat(summary.operators().stream().mapToLong(OperatorCost::parameters).sum())
        .isEqualTo(summary.cost().parameters());
    assertThat(summary.operators().stream().mapToLong(OperatorCost::macs).sum())
        .isEqualTo(summary.cost().macs());
  }
}
