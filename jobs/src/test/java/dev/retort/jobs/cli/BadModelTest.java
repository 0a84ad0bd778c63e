package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.RunResult;
import dev.retort.provenance.Seed;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models that every command must refuse with exit code 3 and one line that names the file, the node
 * and the remedy, before native code sees them.
 */
class BadModelTest {
  private static final Path STUDENT = Command.ROOT.resolve("data/models/fashion-student.onnx");
  private static final int MUTANTS = 150;
  private static final List<String> ONE_IN = List.of("x");
  private static final List<String> ONE_OUT = List.of("y");
  private static final String AGAIN = "; export the model again";

  @TempDir private Path folder;

  /**
   * A model that must not be run.
   *
   * @param parts what the message must have
   */
  private record Hostile(String kind, ByteBuffer model, List<String> parts) {
    static Hostile of(String kind, byte[] model, String... parts) {
      return new Hostile(kind, ByteBuffer.wrap(model), List.of(parts));
    }

    static Hostile of(String kind, Model model, String... parts) {
      return of(kind, OnnxWriter.toBytes(model), parts);
    }

    @Override
    public String toString() {
      return kind;
    }
  }

  @Test
  void aSoundModelIsValid() {
    SmallTask task = SmallTask.in(folder);

    Command command = task.run("validate");

    assertThat(command.err()).isEmpty();
    assertThat(command.exitCode()).isZero();
    assertThat(command.out()).contains("The recipe is valid; its run is small-");
  }

  @ParameterizedTest
  @MethodSource("hostileModels")
  void aHostileModelIsRefusedByEveryCommandBeforeItIsStoredOrTried(Hostile hostile)
      throws IOException {
    SmallTask task = SmallTask.in(folder);
    Path model = Files.write(folder.resolve("bad.onnx"), hostile.model().array());
    Path outside = Files.write(folder.resolve("outside.data"), new byte[64]);
    String[] recipe = {"--run-id", "bad", "--set", "model=" + model};

    String message = refusal(Command.run("inspect", model.toString()));

    assertThat(message)
        .startsWith("Cannot ")
        .contains("model " + model + ": ")
        .contains("; ")
        .contains(hostile.parts());
    assertThat(refusal(task.run("validate", recipe))).isEqualTo(message);
    assertThat(refusal(task.run("plan", recipe))).isEqualTo(message);
    assertThat(refusal(task.run("evaluate", model.toString()))).isEqualTo(message);
    assertThat(task.work()).doesNotExist();
    for (String command : List.of("compress", "label")) {
      assertThat(refusal(task.run(command, recipe))).isEqualTo(message);
    }
    assertThat(task.work().resolve("store")).isDirectoryNotContaining("glob:**/{model,probe}");
    RunResult result = Json.read(task.result("bad"), RunResult.class);
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.message()).isEqualTo(message.strip());
    assertThat(outside).exists();
  }

  static Stream<Hostile> hostileModels() throws IOException {
    byte[] student = Files.readAllBytes(STUDENT);
    return Stream.of(
        Hostile.of("no ONNX", bytes("this is no model, it is text"), "no ONNX file", "export it"),
        Hostile.of("empty", new byte[0], "it is empty, must be an ONNX model; export it again"),
        Hostile.of(
            "truncated",
            Arrays.copyOf(student, student.length / 2),
            "it is no ONNX file, or truncated or damaged; export it again"),
        Hostile.of(
            "one bit flipped",
            replaced(student, "Relu", "Rglu"),
            "is defined nowhere, must be a constant, an input or a node's output",
            "export the model again, or repair the file"),
        Hostile.of(
            "external data outside of the folder",
            withDataIn("../outside"),
            "has location '../outside.data', must be a relative path inside the model's folder",
            "put the file there"),
        Hostile.of(
            "external data that is not there",
            withDataIn("gone"),
            "is in file 'gone.data', which does not exist; put it beside the model"),
        Hostile.of(
            "a cycle",
            model(
                vector("x"),
                vector("y"),
                Node.of("first", "Add", List.of("x", "b"), List.of("a")),
                Node.of("second", "Relu", List.of("a"), List.of("b")),
                Node.of("last", "Relu", List.of("b"), List.of("y"))),
            "node 'first' (Add) depends on its own output, must not" + AGAIN),
        Hostile.of(
            "an operator that nobody knows",
            model(vector("x"), vector("y"), Node.of("odd", "Frobnicate", ONE_IN, ONE_OUT)),
            "the operator of node 'odd' is Frobnicate, must be one of ONNX"),
        Hostile.of(
            "an operator whose name steers a terminal",
            model(vector("x"), vector("y"), Node.of("odd", "Re\u001b[2J\nlu", ONE_IN, ONE_OUT)),
            "the operator of node 'odd' is Re?[2J?lu, must be one of ONNX"),
        Hostile.of(
            "strides that divide by zero",
            pool("strides", 0, 1),
            "strides of node 'pool' (MaxPool) is 0, must be 1 to 1048576" + AGAIN),
        Hostile.of(
            "dilations of zero", pool("dilations", 1, 0), "dilations of node 'pool'", "must be 1"),
        Hostile.of(
            "a dimension bomb at the input",
            bomb(1L << 40, 1L << 40),
            "the shape of 'x' is [1099511627776, 1099511627776], must be at most",
            AGAIN),
        Hostile.of(
            "a dimension bomb inside",
            model(
                vector("x"),
                vector("y"),
                Map.of("huge", Tensor.ofLongs(Dims.of(2), 1L << 32, 1L << 32)),
                Node.of("expand", "Expand", List.of("x", "huge"), ONE_OUT)),
            "node 'expand' (Expand)",
            AGAIN));
  }

  private static String refusal(Command command) {
    assertThat(command.exitCode()).as(command.err()).isEqualTo(3);
    assertThat(command.out()).isEmpty();
    assertThat(command.err().lines()).hasSize(1);
    return command.err();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The first {@code from} in {@code bytes} made {@code to}. */
  private static byte[] replaced(byte[] bytes, String from, String to) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.replaceFirst(from, to).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The small classifier with its weights in {@code <name>.data}. */
  private static byte[] withDataIn(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (InputStream model = OnnxWriter.encode(OnnxReader.read(STUDENT), name, 0).get(0).open()) {
      model.transferTo(bytes);
    }
    return bytes.toByteArray();
  }

  private static Model pool(String attribute, long first, long second) {
    Node pool =
        Node.of(
            "pool",
            "MaxPool",
            ONE_IN,
            ONE_OUT,
            Map.of(
                "kernel_shape",
                new Attribute.Ints(List.of(2L, 2L)),
                attribute,
                new Attribute.Ints(List.of(first, second))));
    return model(image("x"), image("y"), pool);
  }

  private static Model bomb(long rows, long columns) {
    ValueInfo bomb =
        ValueInfo.of(
            "x", ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(rows), Dim.of(columns)));
    return model(bomb, bomb.withName("y"), Node.of("n", "Relu", ONE_IN, ONE_OUT));
  }

  @Test
  void aMissingModelIsRefused() throws IOException {
    SmallTask task = SmallTask.in(folder);
    Files.delete(folder.resolve("model.onnx"));

    assertThat(refusal(task.run("validate")))
        .startsWith("Cannot read model " + folder.resolve("model.onnx") + ": ")
        .contains("there is no such file; check the path");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(STUDENT);
    Random random = new Seed(1).random();
    for (int i = 0; i < MUTANTS; i++) {
      byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length));

      assertThat(refusal(Command.run("inspect", write(part))))
          .startsWith("Cannot read model " + folder.resolve("mutant.onnx") + ": ")
          .contains("; export it again");
    }
  }

  @Test
  void aFlippedBitIsRefusedOrHarmlessAndNeverADefect() throws IOException {
    byte[] whole = Files.readAllBytes(STUDENT);
    Random random = new Seed(2).random();
    for (int i = 0; i < MUTANTS; i++) {
      byte[] flipped = whole.clone();
      int at = i % 2 == 0 ? random.nextInt(4_000) : random.nextInt(whole.length);
      flipped[at] ^= (byte) (1 << random.nextInt(8));

      Command command = Command.run("inspect", write(flipped));

      assertThat(command.exitCode()).as("byte %d: %s", at, command.err()).isIn(0, 3);
      if (command.exitCode() == 3) {
        assertThat(refusal(command))
            .startsWith("Cannot ")
            .contains("model " + folder.resolve("mutant.onnx") + ": ", "; ");
      }
    }
  }

  private String write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("mutant.onnx"), bytes).toString();
  }

  private static ValueInfo vector(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(4)));
  }

  private static ValueInfo image(String name) {
    return ValueInfo.of(
        name,
        ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(1), Dim.of(4), Dim.of(4)));
  }

  private static Model model(ValueInfo input, ValueInfo output, Node... nodes) {
    return model(input, output, Map.of(), nodes);
  }

  private static Model model(
      ValueInfo input, ValueInfo output, Map<String, Tensor> constants, Node... nodes) {
    return Model.of(Graph.of("test", List.of(nodes), constants, List.of(input), List.of(output)));
  }
}
