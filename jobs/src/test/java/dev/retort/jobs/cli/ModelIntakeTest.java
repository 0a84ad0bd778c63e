package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models that are sound but do not fit the data: validate, plan and evaluate refuse them with one
 * message and exit code 3, before Spark or native code starts.
 */
class ModelIntakeTest {
  private static final Node RELU = Node.of("n", "Relu", List.of("x"), List.of("y"));
  private static final String IMAGES = "data.inputs.x.shape=[1, 4, 4]";

  @TempDir private Path folder;
  private WorkFolder work;

  @BeforeEach
  void makeFolder() {
    work = new WorkFolder(folder);
  }

  @Test
  void aModelThatFitsIsValid() {
    Command command = validate(model(floats("x", "N", 4), floats("y", "N", 4), RELU), labels(4));

    assertThat(command.err()).isEmpty();
    assertThat(command.out()).contains("1 nodes, 4 classes");
    assertThat(command.exitCode()).isZero();
  }

  @Test
  void anEncoderAndAHeadAreJoinedAndCheckedAsOneModel() {
    Command command = validate(relu(4), relu(4));

    assertThat(command.err()).isEmpty();
    assertThat(command.out()).contains("model.onnx + ", "head.onnx, 2 nodes, 4 classes");
  }

  @Test
  void anEncoderAndAHeadThatDoNotFitAreRefused() {
    assertThat(refusal(validate(relu(4), relu(6))))
        .contains("the encoder gives vectors of width 4, the head takes width 6");
  }

  private Command validate(Model encoder, Model head) {
    Path file = folder.resolve("head.onnx");
    OnnxWriter.write(head, file);
    return validate(
        encoder, "model=[%s, %s]".formatted(folder.resolve("model.onnx"), file), "pooling=none");
  }

  private static Model relu(int width) {
    return model(floats("x", "N", width), floats("y", "N", width), RELU);
  }

  @Test
  void aKernelLargerThanTheDataIsRefused() throws IOException {
    Node pool =
        Node.of(
            "pool",
            "MaxPool",
            List.of("x"),
            List.of("y"),
            Map.of("kernel_shape", new Attribute.Ints(List.of(9L, 9L))));
    Model model = model(floats("x", "N", 1, "H", "W"), floats("y", "N", 1, "A", "B"), pool);

    assertRefused(model, List.of(IMAGES), "pool", "kernel");
  }

  @Test
  void anOutputThatIsNoRowOfLogitsIsRefused() throws IOException {
    assertRefused(
        model(floats("x", "N", 1, 4, 4), floats("y", "N", 1, 4, 4), RELU),
        List.of(IMAGES),
        "Cannot use model",
        "as a classifier: its first output y has type FLOAT32[N, 1, 4, 4], must be FLOAT32[N, classes]");
  }

  @Test
  void logitsThatAreNoFloatsAreRefused() throws IOException {
    Node cast =
        Node.of("n", "Cast", List.of("x"), List.of("y"), Map.of("to", new Attribute.Int(11)));
    assertRefused(
        model(floats("x", "N", 4), value(ElementType.FLOAT64, "y", "N", 4), cast),
        List.of(),
        "its first output y has type FLOAT64[N, 4], must be FLOAT32[N, classes]");
  }

  @Test
  void anUnknownNumberOfClassesIsRefused() throws IOException {
    Node ofInput = Node.of("n", "NonZero", List.of("x"), List.of("z"));
    Node cast =
        Node.of("m", "Cast", List.of("z"), List.of("y"), Map.of("to", new Attribute.Int(1)));
    assertRefused(
        model(floats("x", "N", 4), floats("y", "A", "B"), ofInput, cast),
        List.of(),
        "its first output y has type FLOAT32[");
  }

  @Test
  void otherClassesThanTheLabelsAreRefused() throws IOException {
    assertRefused(
        model(floats("x", "N", 4), floats("y", "N", 4), RELU),
        List.of(labels(5)),
        "data.label.classes is 5, must be the 4 of the model's first output");
  }

  @Test
  void aFixedBatchIsRefused() throws IOException {
    assertRefused(
        model(floats("x", 8, 4), floats("y", 8, 4), RELU),
        List.of(),
        "input x is FLOAT32[8, 4], must have a first dimension without fixed size");
  }

  private void assertRefused(Model model, List<String> overrides, String... parts)
      throws IOException {
    List<String> messages = new ArrayList<>();
    messages.add(refusal(validate(model, overrides.toArray(String[]::new))));
    messages.add(refusal(command("plan", List.of(), overrides)));
    Path brought = Files.move(folder.resolve("model.onnx"), folder.resolve("brought.onnx"));
    messages.add(
        refusal(command("evaluate", List.of(brought.toString()), overrides))
            .replace("brought.onnx", "model.onnx"));

    assertThat(messages.get(0)).startsWith("Cannot ").contains(parts);
    assertThat(messages).containsOnly(messages.get(0));
  }

  private static String refusal(Command command) {
    assertThat(command.exitCode()).as(command.err()).isEqualTo(3);
    assertThat(command.out()).isEmpty();
    assertThat(command.err().lines()).hasSize(1);
    return command.err();
  }

  private Command validate(Model model, String... overrides) {
    work.recipeFor(OnnxWriter.toBytes(model));
    return command("validate", List.of(), List.of(overrides));
  }

  private Command command(String name, List<String> more, List<String> overrides) {
    List<String> args = new ArrayList<>(List.of(name, folder.resolve("recipe.yaml").toString()));
    args.addAll(more);
    args.addAll(List.of("--work", folder.resolve("work").toString()));
    overrides.forEach(override -> args.addAll(List.of("--set", override)));
    return Command.run(new PipelineEngine(), args.toArray(String[]::new));
  }

  private static String labels(int classes) {
    return "data.label={column: label, classes: %d}".formatted(classes);
  }

  private static ValueInfo floats(String name, Object... dims) {
    return value(ElementType.FLOAT32, name, dims);
  }

  private static ValueInfo value(ElementType type, String name, Object... dims) {
    Dim[] shape = new Dim[dims.length];
    for (int axis = 0; axis < dims.length; axis++) {
      shape[axis] =
          dims[axis] instanceof Integer size ? Dim.of(size) : Dim.of(dims[axis].toString());
    }
    return ValueInfo.of(name, ValueType.OfTensor.of(type, shape));
  }

  private static Model model(ValueInfo input, ValueInfo output, Node... nodes) {
    return Model.of(Graph.of("test", List.of(nodes), Map.of(), List.of(input), List.of(output)));
  }
}
