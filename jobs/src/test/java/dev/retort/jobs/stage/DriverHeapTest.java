package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriverHeapTest {
  private static final long MEGABYTE = 1L << 20;

  @Test
  void weightsOnTheHeapCountTwiceAndResultsHalf() {
    Model fused = model(Tensor.ofFloats(Dims.of(1 << 20), new float[1 << 20]));

    assertThatCode(() -> DriverHeap.check("m.onnx", fused, 210 * MEGABYTE))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> DriverHeap.check("m.onnx", fused, 209 * MEGABYTE))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("m.onnx")
        .hasMessageContaining("the driver's heap is 209 MB, must have 210 MB")
        .hasMessageContaining("RETORT_DRIVER_MEMORY or --driver-memory to 210m");
  }

  @Test
  void mappedWeightsLieBesideTheHeap() {
    Model mapped = model(slice(100 * MEGABYTE));

    assertThatCode(() -> DriverHeap.check("m.onnx", mapped, 250 * MEGABYTE))
        .doesNotThrowAnyException();
  }

  @Test
  void aModelOfMoreThanAFileHoldsIsRefused() {
    assertThatCode(() -> DriverHeap.checkLimit(model(slice(1_500_000_000))))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> DriverHeap.checkLimit(model(slice(1_500_000_004))))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageStartingWith("Cannot compress the model: ")
        .hasMessageContaining("1,500,000,004 bytes, must have at most 1,500,000,000");
  }

  private static Tensor slice(long bytes) {
    return new Tensor(
        ElementType.FLOAT32,
        Dims.of(bytes / Float.BYTES),
        new TensorData.FileSlice(Path.of("weights"), 0, bytes));
  }

  private static Model model(Tensor weight) {
    return Model.of(Graph.of("g", List.of(), Map.of("w", weight), List.of(), List.of()));
  }
}
