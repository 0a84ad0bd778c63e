package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinCommandTest {
  private static final String HEAD = Command.ROOT.resolve("data/models/gloss-head.onnx").toString();

  @TempDir Path folder;

  @Test
  void joinWritesOneModelWithTheInputsOfTheEncoderAndTheOutputsOfTheHead() {
    Path out = folder.resolve("teacher.onnx");

    Command command =
        Command.run(
            "join", encoder(384), HEAD, "--pooling", "mean", "--normalize", "-o", out.toString());

    assertThat(command.exitCode()).as(command.err()).isZero();
    assertThat(command.out()).isEqualTo(out + ": opset 17, 9 nodes\n");
    Model joined = OnnxReader.read(out);
    assertThat(joined.graph().inputs())
        .extracting(ValueInfo::name)
        .containsExactly("input_ids", "attention_mask");
    assertThat(joined.graph().outputs())
        .extracting(ValueInfo::type)
        .containsExactly(ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(45)));
  }

  @Test
  void modelsThatDoNotFitAreExitCode3AndNothingIsWritten() {
    Path out = folder.resolve("teacher.onnx");

    Command command =
        Command.run("join", encoder(128), HEAD, "--pooling", "mean", "-o", out.toString());

    assertThat(command.exitCode()).isEqualTo(3);
    assertThat(command.err())
        .contains("the encoder gives vectors of width 128, the head takes width 384");
    assertThat(Files.exists(out)).isFalse();
  }

  @Test
  void anUnknownPoolingIsExitCode2() {
    Command command = Command.run("join", encoder(384), HEAD, "--pooling", "max", "-o", "x.onnx");

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).contains("--pooling", "mean, cls, none");
    assertThat(Command.run("join", "--help").out())
        .contains("mean, cls, none")
        .doesNotContain("MEAN");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsExitCode2WithTheFolder() throws IOException {
    Path missing = folder.resolve("missing");
    Path file = Files.createFile(folder.resolve("file"));

    assertRefused(
        missing.resolve("x.onnx"),
        missing + " is no folder, must be one; make it, or give -o a file in another");
    assertRefused(
        file.resolve("x.onnx"),
        file + " is no folder, must be one; make it, or give -o a file in another");
    assertRefused(folder, "it is a folder, must be a file; give -o the name of a file");
  }

  private void assertRefused(Path out, String problem) {
    Command command =
        Command.run("join", encoder(384), HEAD, "--pooling", "mean", "-o", out.toString());

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).isEqualTo("Cannot write model to " + out + ": " + problem + "\n");
  }

  private String encoder(int width) {
    Path file = folder.resolve("encoder-" + width + ".onnx");
    OnnxWriter.write(
        Model.of(
            Graph.of(
                "encoder",
                List.of(
                    Node.of("gather", "Gather", List.of("table", "input_ids"), List.of("hidden"))),
                Map.of("table", Tensor.ofFloats(Dims.of(3, width), new float[3 * width])),
                List.of(
                    info("input_ids", ElementType.INT64, Dim.of("N"), Dim.of("T")),
                    info("attention_mask", ElementType.INT64, Dim.of("N"), Dim.of("T"))),
                List.of(
                    info("hidden", ElementType.FLOAT32, Dim.of("N"), Dim.of("T"), Dim.of(width))))),
        file);
    return file.toString();
  }

  private static ValueInfo info(String name, ElementType type, Dim... dims) {
    return ValueInfo.of(name, ValueType.OfTensor.of(type, dims));
  }
}
