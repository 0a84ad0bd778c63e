package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A model of samples of 2 MB, of which a batch of 32 exceeds the least limit. The rows are not of
 * that width: what reads them ends with exit code 3.
 */
class MemoryLimitTest {
  private static final int WIDTH = 500_000;

  @TempDir private static Path folder;

  private static SmallTask task;

  @BeforeAll
  static void makeTask() {
    task = SmallTask.in(folder);
    OnnxWriter.write(
        Model.of(
            Graph.of(
                "wide",
                List.of(Node.of("layer", "Gemm", List.of("x", "w"), List.of("y"))),
                Map.of("w", Tensor.ofFloats(Dims.of(WIDTH, 2), new float[2 * WIDTH])),
                List.of(floats("x", WIDTH)),
                List.of(floats("y", 2)))),
        folder.resolve("model.onnx"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"validate", "plan", "compress", "label", "calibrate", "evaluate"})
  void aLimitThatIsTooSmallForTheBatchIsRefusedBeforeAnyRowIsRead(String command) {
    List<String> more = new ArrayList<>(List.of("--set", "steps=[fuse, quantize]"));
    if (command.equals("evaluate")) {
      more.add(0, folder.resolve("model.onnx").toString());
    }

    Command refused = run(command, "32", more);

    assertThat(refused.exitCode()).as(refused.out()).isEqualTo(2);
    assertThat(refused.err())
        .matches(
            "Cannot run the teacher: runtime.memory-limit is 64 MB, must be at least \\d{3,} MB"
                + " \\(weights \\d+, inner values \\d+, buffers \\d+\\) for \\d+ tasks at a time and"
                + " batches of 32; raise it, or set a smaller runtime.batch\n");
  }

  @Test
  void forABatchThatIsYetToBeMeasuredWhatIsKnownIsSaid() {
    int roomForFew = 170 * Runtime.getRuntime().availableProcessors();
    String known =
        "runtime\\.memory-limit is "
            + roomForFew
            + " MB, which holds the teacher in batches of (\\d+);"
            + " runtime\\.batch: auto may find a larger one, with which the run is refused: set \\1 or"
            + " less";
    List<String> more = List.of("--set", "runtime.memory-limit=%dMB".formatted(roomForFew));

    Command validated = run("validate", "auto", more);
    Command planned = run("plan", "auto", more);

    assertThat(validated.exitCode()).as(validated.err()).isZero();
    assertThat(validated.out().lines()).anyMatch(line -> line.matches(known));
    assertThat(planned.exitCode()).as(planned.err()).isZero();
    assertThat(planned.out().lines()).anyMatch(line -> line.matches("note    " + known));
  }

  private static Command run(String command, String batch, List<String> more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--set",
                "data.inputs.x.shape=[%d]".formatted(WIDTH),
                "--set",
                "runtime.memory-limit=64MB",
                "--set",
                "runtime.batch=" + batch));
    args.addAll(more);
    return task.run(command, args.toArray(String[]::new));
  }

  private static ValueInfo floats(String name, long width) {
    return ValueInfo.of(
        name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(width)));
  }
}
