package dev.retort.autodiff;

import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.GraphEditor;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.rewrite.RewriteContext;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A model as it is trained, from one as it is deployed. To be made before {@link Gradients}.
 *
 * <pre>
 * BatchNormalization   normalizes by the statistics of the batch; the running ones are inputs and
 *                      returned updated: momentum * running + (1 - momentum) * batch's, the
 *                      variance that of the population (divided by N H W). The node itself
 *                      returns those of the batch, which the gradient takes: its momentum is 0
 * Dropout(x, ratio)    x * mask, the mask an input: 0, or 1 / (1 - ratio)
 * </pre>
 *
 * <p>A MaxPool behind a Relu changes places with it, where nothing else reads the Relu: the values
 * are the same, {@code max(relu(x)) = relu(max(x))}, and the Relu and its gradient are as small as
 * the pool's output.
 *
 * @param model the model to train
 * @param statistics the running statistics, in the order of the nodes
 * @param masks the masks of dropout, in the order of the nodes
 */
public record TrainingForm(
    Model model, List<RunningStatistic> statistics, List<DropoutMask> masks) {
  public TrainingForm {
    statistics = List.copyOf(statistics);
    masks = List.copyOf(masks);
  }

  /** What a BatchNormalization normalizes by in training. */
  public enum BatchNorm {
    /** Mean and variance of the batch; running ones are kept for deployment. */
    BATCH_STATISTICS,
    /** The running statistics, which stay as they are. */
    FROZEN
  }

  /**
   * A running mean or variance {@code [C]}.
   *
   * @param constant the constant of the deployed model that holds it
   * @param input the input that takes its value before a step
   * @param output the output that returns its value after the step
   */
  public record RunningStatistic(String constant, String input, String output) {}

  /**
   * The mask of one Dropout, of the shape of what it drops.
   *
   * @param input the input that takes it
   * @param type its type; symbolic dimensions are those of the model's inputs
   * @param ratio the share of elements that is 0
   */
  public record DropoutMask(String input, ValueType.OfTensor type, double ratio) {}

  /**
   * Makes the training form of {@code model}.
   *
   * @throws UnsupportedModelError (exit 3) if running statistics or a dropout ratio are computed by
   *     nodes, a Dropout's mask is used, or a BatchNormalization is in training already
   */
  public static TrainingForm of(Model model, BatchNorm batchNorm) {
    return new Maker(model).make(batchNorm);
  }

  /** One making; confined to a thread. */
  private static final class Maker {
    private final Model model;
    private final GraphEditor editor;
    private final TensorTypes types;
    private final List<RunningStatistic> statistics = new ArrayList<>();
    private final List<DropoutMask> masks = new ArrayList<>();
    private final Set<String> opened = new LinkedHashSet<>();

    Maker(Model model) {
      this.model = model;
      this.editor = GraphEditor.of(model);
      this.types = ShapeInference.inferFromInputs(model);
    }

    TrainingForm make(BatchNorm batchNorm) {
      for (Node node : editor.nodes()) {
        if (node.is("BatchNormalization") && batchNorm == BatchNorm.BATCH_STATISTICS) {
          useBatchStatistics(node);
        } else if (node.is("Dropout")) {
          takeMask(node);
        } else if (node.is("MaxPool")) {
          poolFirst(node);
        }
      }
      editor.removeUnused();
      return new TrainingForm(editor.build(), statistics, masks);
    }

    private void useBatchStatistics(Node node) {
      if (node.intAttribute("training_mode", 0) != 0) {
        throw refused(node, "training_mode", "1", "0, as a deployed model has it");
      }
      RunningStatistic mean = opened(node, 3);
      RunningStatistic variance = opened(node, 4);
      String batchMean = editor.freshName(mean.input() + ".batch");
      String batchVariance = editor.freshName(variance.input() + ".batch");
      float momentum = node.floatAttribute("momentum", 0.9f);
      editor.replace(
          node,
          node.withInput(3, own(mean))
              .withInput(4, own(variance))
              .withOutputs(List.of(node.output(0), batchMean, batchVariance))
              .withAttribute("training_mode", Attribute.of(1))
              .withAttribute("momentum", Attribute.of(0f)));
      keepRunning(mean, batchMean, momentum);
      keepRunning(variance, batchVariance, momentum);
    }

    /**
     * A tensor that only the node reads: ONNX Runtime returns the statistics in the memory of these
     * inputs, which would overwrite the caller's. With momentum 0 their values do not matter.
     */
    private String own(RunningStatistic statistic) {
      String name = editor.freshName(statistic.input() + ".own");
      editor.add(Node.of(name, "Neg", List.of(statistic.input()), List.of(name)));
      return name;
    }

    /** Emits {@code running + (1 - momentum) (batch - running)}. */
    private void keepRunning(RunningStatistic statistic, String batch, float momentum) {
      ValueInfo running = editor.valueInfo(statistic.input()).orElseThrow();
      ElementType type = ((ValueType.OfTensor) running.type()).elementType();
      String share =
          editor.addConstant(
              statistic.input() + ".share", Emitter.filled(Dims.scalar(), 1.0 - momentum, type));
      String change = emit("Sub", batch, statistic.input());
      String step = emit("Mul", change, share);
      editor.add(
          Node.of(
              statistic.output(),
              "Add",
              List.of(statistic.input(), step),
              List.of(statistic.output())));
      statistics.add(statistic);
      editor.addOutput(running.withName(statistic.output()));
    }

    private String emit(String opType, String first, String second) {
      String name = editor.freshName(first + "." + opType);
      editor.add(Node.of(name, opType, List.of(first, second), List.of(name)));
      return name;
    }

    /** Makes an input of a running statistic; of its own where other nodes read the constant. */
    private RunningStatistic opened(Node node, int index) {
      String constant = node.input(index);
      Tensor value =
          editor
              .constant(constant)
              .or(() -> Optional.ofNullable(model.graph().initializers().get(constant)))
              .orElseThrow(() -> refused(node, "mean or variance", "computed", "a constant"));
      boolean shared =
          editor.consumers(constant).size() > 1
              || node.inputs().stream().filter(constant::equals).count() > 1
              || !opened.add(constant);
      String input = shared ? editor.freshName(constant + ".running") : constant;
      Dim[] dims = Arrays.stream(value.dims().toArray()).mapToObj(Dim::of).toArray(Dim[]::new);
      editor.addInput(ValueInfo.of(input, ValueType.OfTensor.of(value.type(), dims)));
      return new RunningStatistic(constant, input, editor.freshName(input + ".updated"));
    }

    private void poolFirst(Node pool) {
      Optional<Node> relu = editor.producer(pool.input(0)).filter(node -> node.is("Relu"));
      boolean alone = relu.isPresent() && editor.onlyConsumer(pool.input(0)).isPresent();
      if (alone && pool.output(1).isEmpty()) {
        String pooled = editor.freshName(pool.output(0) + ".first");
        editor.remove(pool);
        editor.remove(relu.get());
        editor.add(pool.withInput(0, relu.get().input(0)).withOutputs(List.of(pooled)));
        editor.add(relu.get().withInput(0, pooled).withOutputs(List.of(pool.output(0))));
      }
    }

    private void takeMask(Node node) {
      if (!node.output(1).isEmpty()
          && (editor.isOutput(node.output(1)) || !editor.consumers(node.output(1)).isEmpty())) {
        throw refused(node, "mask", "read by others", "unused");
      }
      ValueType.OfTensor type =
          types
              .of(node.input(0))
              .orElseThrow(() -> refused(node, "type of the data", "unknown", "known"));
      String mask = editor.freshName(RewriteContext.label(node) + ".mask");
      editor.addInput(ValueInfo.of(mask, type));
      masks.add(new DropoutMask(mask, type, ratio(node)));
      editor.replace(
          node, Node.of(node.name(), "Mul", List.of(node.input(0), mask), List.of(node.output(0))));
    }

    private double ratio(Node node) {
      if (!node.hasInput(1)) {
        return 0.5;
      }
      return editor
          .constant(node.input(1))
          .orElseThrow(() -> refused(node, "ratio", "computed", "a constant"))
          .toFloats()[0];
    }

    private static UnsupportedModelError refused(
        Node node, String what, String value, String range) {
      return new UnsupportedModelError(
          "Cannot train the model: the %s of %s is %s, must be %s; export the model again"
              .formatted(what, PathCheck.described(node), value, range));
    }
  }
}
