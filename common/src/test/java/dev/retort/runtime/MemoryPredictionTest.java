package dev.retort.runtime;

import static dev.retort.runtime.SmallModels.N;
import static dev.retort.runtime.SmallModels.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.runtime.ActivationTrace.Step;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryPredictionTest {
  private static final long MEGABYTE = 1 << 20;

  @ParameterizedTest
  @CsvSource({"fashion-resnet.onnx, 256", "fashion-student.onnx, 256"})
  void thePredictionIsNearTheGrowthOfResidentMemory(String name, int batch) throws Exception {
    Path file = Fashion.RESNET.resolveSibling(name);
    double predicted = predict(file, MemoryPrediction.Load.of(batch, 1)).totalBytes();

    long grown = MemoryGrowth.measure(file, batch, 1, 1);

    assertThat(predicted / grown).as("predicted against %d bytes", grown).isBetween(0.75, 1.33);
  }

  @Tag("proof")
  @ParameterizedTest
  @CsvSource({
    "fashion-resnet.onnx, 1, 1, 1",
    "fashion-resnet.onnx, 1, 1, 2",
    "fashion-resnet.onnx, 32, 1, 1",
    "fashion-resnet.onnx, 32, 1, 2",
    "fashion-resnet.onnx, 32, 2, 1",
    "fashion-resnet.onnx, 256, 1, 1",
    "fashion-resnet.onnx, 256, 1, 2",
    "fashion-resnet.onnx, 256, 2, 1",
    "fashion-student.onnx, 1, 1, 1",
    "fashion-student.onnx, 1, 1, 2",
    "fashion-student.onnx, 32, 1, 1",
    "fashion-student.onnx, 32, 1, 2",
    "fashion-student.onnx, 32, 2, 1",
    "fashion-student.onnx, 256, 1, 1",
    "fashion-student.onnx, 256, 1, 2",
    "fashion-student.onnx, 256, 2, 1"
  })
  void thePredictionHoldsForBatchesCallersAndThreads(
      String name, int batch, int callers, int threads) throws Exception {
    Path file = Fashion.RESNET.resolveSibling(name);
    double predicted = predict(file, MemoryPrediction.Load.of(batch, callers)).totalBytes();

    long grown = MemoryGrowth.measure(file, batch, callers, threads);

    assertThat(predicted / grown)
        .as("predicted %.1f MB, grown %.1f MB", predicted / MEGABYTE, grown / 1048576.0)
        .isBetween(0.75, 1.33);
  }

  /** The regions are those that a trace of the allocator of ONNX Runtime 1.28.0 shows. */
  @ParameterizedTest
  @CsvSource({"fashion-resnet.onnx, 32", "fashion-student.onnx, 16"})
  void theSimulatedArenaHasTheRegionsOfTheRealOne(String name, long regionMegabytes) {
    Model model = OnnxReader.read(Fashion.RESNET.resolveSibling(name));
    ActivationTrace trace =
        ActivationTrace.of(model, ShapeInference.infer(model), Map.of("N", 256L));

    assertThat(trace.unknown()).isZero();
    assertThat(MemoryPrediction.arena(trace.steps(), 1).regionBytes())
        .containsExactly(regionMegabytes * MEGABYTE, regionMegabytes * MEGABYTE);
  }

  @Test
  void freedMemoryIsUsedAgainAndNeighboursAreJoined() {
    ArenaSimulation arena = new ArenaSimulation();
    arena.allocate("a", 200_000);
    arena.allocate("b", 200_000);
    arena.free("a");
    arena.free("b");
    arena.allocate("c", 400_000);
    arena.allocate("none", 0);
    arena.free("none");

    assertThat(arena.regionBytes()).containsExactly(MEGABYTE);
    assertThat(arena.touchedBytes()).isBetween(400_000L, 404_096L);
  }

  @Test
  void regionsDoubleWhenTheyAreFull() {
    ArenaSimulation arena = new ArenaSimulation();
    for (int i = 0; i < 4; i++) {
      arena.allocate(i, MEGABYTE);
    }
    assertThat(arena.regionBytes()).containsExactly(MEGABYTE, 2 * MEGABYTE, 4 * MEGABYTE);
    assertThat(arena.touchedBytes()).isEqualTo(4 * MEGABYTE);
  }

  @Test
  void elementwiseOperatorsWriteInPlaceUnlessTheirInputIsReadAgain() {
    Model model =
        model(
            Node.of("a", "Exp", List.of("x"), List.of("a")),
            Node.of("b", "Relu", List.of("a"), List.of("b")),
            Node.of("c", "Relu", List.of("b"), List.of("c")),
            Node.of("d", "Add", List.of("b", "c"), List.of("d")),
            Node.of("unread", "Exp", List.of("d"), List.of("e")),
            Node.of("y", "Exp", List.of("d"), List.of("y")));

    assertThat(ActivationTrace.of(model, ShapeInference.infer(model), Map.of("N", 2L)).steps())
        .containsExactly(
            new Step("a", 80),
            new Step("c", 80),
            new Step("c", 0),
            new Step("e", 80),
            new Step("e", 0),
            new Step("a", 0));
  }

  @Test
  void quantizedValuesExistAsBytesOnly() {
    Model model =
        model(
            Node.of("a", "Exp", List.of("x"), List.of("a")),
            Node.of("q", "QuantizeLinear", List.of("a", "scale", "zero"), List.of("q")),
            Node.of("d", "DequantizeLinear", List.of("q", "scale", "zero"), List.of("d")),
            Node.of("y", "Exp", List.of("d"), List.of("y")));

    assertThat(ActivationTrace.of(model, ShapeInference.infer(model), Map.of("N", 2L)).steps())
        .containsExactly(new Step("a", 20), new Step("a", 0));
  }

  @Test
  void valuesOfUnknownSizeAreCounted() {
    Model model =
        model(
            Node.of("a", "NoSuchOp", List.of("x"), List.of("a")),
            Node.of("y", "Exp", List.of("a"), List.of("y")));

    MemoryPrediction prediction =
        MemoryPrediction.of(model, ShapeInference.infer(model), MemoryPrediction.Load.of(2, 1));

    assertThat(prediction.unknownValues()).isEqualTo(1);
    assertThat(prediction.arenaBytes()).isZero();
    assertThat(prediction.bufferBytes()).isEqualTo(160);
  }

  @Test
  void weightsCountByTheirReaders() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    weights.put("table", Tensor.ofFloats(Dims.of(10), new float[10]));
    weights.put("matrix", Tensor.ofFloats(Dims.of(100), new float[100]));
    weights.put("filter", Tensor.ofFloats(Dims.of(1000), new float[1000]));
    weights.put(
        "mapped",
        new Tensor(
            ElementType.FLOAT32,
            Dims.of(10_000),
            new TensorData.FileSlice(Path.of("w.data"), 0, 40_000)));
    List<Node> nodes =
        List.of(
            Node.of("g", "Gather", List.of("table", "x"), List.of("a")),
            Node.of("m", "MatMul", List.of("a", "matrix"), List.of("b")),
            Node.of("c", "Conv", List.of("b", "filter"), List.of("c")),
            Node.of("y", "MatMul", List.of("c", "mapped"), List.of("y")));

    assertThat(WeightMemory.bytes(Graph.of("g", nodes, weights, List.of(), List.of())))
        .isEqualTo(40 + 2 * 400 + 14_400 + 40_000);
  }

  @Test
  void theNumbersAreToldInWholeMegabytes() {
    assertThat(new MemoryPrediction(10_000_000, 50_000_001, 1, 3_600_000, 0).inWords())
        .isEqualTo("64 MB (weights 10, inner values 51, buffers 1)");
  }

  private static MemoryPrediction predict(Path file, MemoryPrediction.Load load) {
    Model model = OnnxReader.read(file);
    return MemoryPrediction.of(model, ShapeInference.infer(model), load);
  }

  private static Model model(Node... nodes) {
    return Model.of(
        Graph.of(
            "g",
            List.of(nodes),
            Map.of(
                "scale",
                Tensor.scalar(1f),
                "zero",
                Tensor.ofBytes(ElementType.UINT8, Dims.scalar(), (byte) 0)),
            List.of(value("x", ElementType.FLOAT32, N, Dim.of(10))),
            List.of(value("y", ElementType.FLOAT32, N, Dim.of(10)))));
  }
}
