package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.provenance.Seed;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models that must be refused with a clear message and exit code 3, before native code sees them.
 */
class BadModelTest {
  private static final Path STUDENT = Command.ROOT.resolve("data/models/fashion-student.onnx");
  private static final int MUTANTS = 150;

  @TempDir private Path folder;
  private WorkFolder work;

  @BeforeEach
  void makeFolder() {
    work = new WorkFolder(folder);
  }

  @Test
  void aSoundModelIsValid() {
    Model model = model(vector("x"), vector("y"), Node.of("n", "Relu", List.of("x"), List.of("y")));

    Command command = Command.run("validate", work.recipeFor(model));

    assertThat(command.err()).isEmpty();
    assertThat(command.exitCode()).isZero();
    assertThat(command.out()).contains("The recipe is valid; its run is test-");
  }

  @Test
  void aFileThatIsNoOnnxIsRefused() {
    byte[] text = "this is no model, it is text".getBytes(StandardCharsets.UTF_8);

    assertRefused(work.recipeFor(text), "model.onnx");
    assertRefused(work.recipeFor(new byte[0]), "it is empty");
  }

  @Test
  void aMissingModelIsRefused() throws IOException {
    String recipe = work.recipeFor(new byte[0]);
    Files.delete(folder.resolve("model.onnx"));

    assertRefused(recipe, "there is no such file");
  }

  @Test
  void aCyclicGraphIsRefused() {
    Model model =
        model(
            vector("x"),
            vector("y"),
            Node.of("first", "Add", List.of("x", "b"), List.of("a")),
            Node.of("second", "Relu", List.of("a"), List.of("b")),
            Node.of("last", "Relu", List.of("b"), List.of("y")));

    assertRefused(work.recipeFor(model), "first");
  }

  @Test
  void anOperatorThatNobodyKnowsIsRefused() {
    Model model =
        model(vector("x"), vector("y"), Node.of("odd", "Frobnicate", List.of("x"), List.of("y")));

    assertRefused(work.recipeFor(model), "odd", "Frobnicate");
  }

  @Test
  void stridesThatDivideByZeroAreRefused() {
    Node pool =
        Node.of(
            "pool",
            "MaxPool",
            List.of("x"),
            List.of("y"),
            Map.of(
                "kernel_shape", new Attribute.Ints(List.of(2L, 2L)),
                "strides", new Attribute.Ints(List.of(0L, 1L))));

    assertRefused(work.recipeFor(model(image("x"), image("y"), pool)), "pool", "strides");
  }

  @Test
  void aDimensionBombIsRefused() {
    ValueInfo bomb =
        ValueInfo.of(
            "x", ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(1L << 40), Dim.of(1L << 40)));

    assertRefused(
        work.recipeFor(model(bomb, bomb.withName("y"), relu())), "the shape of 'x'", "at most");
  }

  @Test
  void anInputThatTheDataLacksIsRefused() {
    Model model = model(vector("z"), vector("y"), Node.of("n", "Relu", List.of("z"), List.of("y")));

    assertRefused(work.recipeFor(model), "data.inputs has no z");
  }

  @Test
  void anInputOfAnotherShapeIsRefused() {
    assertRefused(work.recipeFor(model(image("x"), image("y"), relu())), "input x takes", "shape");
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(STUDENT);
    Random random = new Seed(1).random();
    for (int i = 0; i < MUTANTS; i++) {
      byte[] part = Arrays.copyOf(whole, random.nextInt(whole.length));

      assertThat(Command.run("inspect", write(part)).exitCode()).isEqualTo(3);
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
    }
  }

  private String write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("mutant.onnx"), bytes).toString();
  }

  private static void assertRefused(String recipe, String... parts) {
    Command command = Command.run("validate", recipe);

    assertThat(command.err()).startsWith("Cannot ").contains(parts);
    assertThat(command.err().lines()).hasSize(1);
    assertThat(command.out()).isEmpty();
    assertThat(command.exitCode()).isEqualTo(3);
  }

  private static Node relu() {
    return Node.of("n", "Relu", List.of("x"), List.of("y"));
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
    return Model.of(Graph.of("test", List.of(nodes), Map.of(), List.of(input), List.of(output)));
  }
}
