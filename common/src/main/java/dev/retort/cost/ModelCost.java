package dev.retort.cost;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a model costs, from its shapes alone.
 *
 * <p>A sample is one place on axis 0 of the first input. If that axis has a symbol, costs are those
 * of a batch of 1; if it has a fixed size, they are divided by it.
 *
 * @param parameters trainable numbers, each shared tensor once; integers that stand for floats in a
 *     quantized model count too, so that a model and its quantized form have the same number, but
 *     for the scales of a dynamically quantized one
 * @param runningStatistics elements of the running mean and variance of BatchNormalization
 * @param macs multiply-accumulates a sample, of the nodes where they are known
 * @param unknownNodes how many nodes have no known MACs or outputs, for want of a shape
 * @param weightBytes bytes of all constants, sub-graphs included
 * @param activationBytes the peak of live activations a sample, of the tensors whose shape is
 *     known; see {@link #nodes()} for each
 */
public record ModelCost(
    long parameters,
    long runningStatistics,
    long macs,
    int unknownNodes,
    long weightBytes,
    long activationBytes,
    List<NodeCost> nodes) {
  public ModelCost {
    nodes = List.copyOf(nodes);
  }

  /**
   * The cost where the only symbol is the batch; nodes whose size has other symbols are unknown.
   */
  public static ModelCost of(Model model, TensorTypes types) {
    return of(model, types, Map.of());
  }

  /** The cost where the symbols have the given sizes; the batch is 1 whatever it is there. */
  public static ModelCost of(Model model, TensorTypes types, Map<String, Long> sizes) {
    return new Counting(model, types, sizes).run();
  }

  /** Totals by operator, sorted by its name. */
  public List<OperatorCost> operators() {
    Map<String, OperatorCost> totals = new TreeMap<>();
    for (NodeCost node : nodes) {
      OperatorCost one =
          new OperatorCost(node.opType(), 1, node.parameters(), node.macs().orElse(0));
      totals.merge(node.opType(), one, ModelCost::sum);
    }
    return List.copyOf(totals.values());
  }

  private static OperatorCost sum(OperatorCost a, OperatorCost b) {
    return new OperatorCost(
        a.opType(), a.nodes() + b.nodes(), a.parameters() + b.parameters(), a.macs() + b.macs());
  }

  private static final class Counting {
    private final Model model;
    private final TensorTypes types;
    private final Map<String, Long> sizes;
    private final long batch;
    private final Parameters parameters = new Parameters();

    Counting(Model model, TensorTypes types, Map<String, Long> sizes) {
      this.model = model;
      this.types = types;
      this.sizes = new HashMap<>(sizes);
      this.batch = bindBatch();
    }

    private long bindBatch() {
      Optional<Dim> first =
          model.graph().requiredInputs().stream()
              .findFirst()
              .flatMap(input -> types.of(input.name()))
              .flatMap(ValueType.OfTensor::shape)
              .flatMap(shape -> shape.stream().findFirst());
      if (first.isPresent() && first.get() instanceof Dim.Symbolic symbol) {
        sizes.put(symbol.name(), 1L);
      }
      return first.isPresent() && first.get() instanceof Dim.Fixed fixed
          ? Math.max(1, fixed.size())
          : 1;
    }

    ModelCost run() {
      List<NodeCost> nodes = new ArrayList<>();
      long macs = 0;
      int unknown = 0;
      for (Node node : model.graph().nodes()) {
        NodeCost cost = costOf(node);
        nodes.add(cost);
        macs = Math.addExact(macs, cost.macs().orElse(0));
        unknown += cost.macs().isPresent() && cost.outputBytes().isPresent() ? 0 : 1;
      }
      return new ModelCost(
          parameters.total(),
          parameters.runningStatistics(),
          macs,
          unknown,
          weightBytes(model.graph()),
          LiveBytes.peak(model, this::bytesOf) / batch,
          nodes);
    }

    private NodeCost costOf(Node node) {
      long read = parameters.add(node, model.graph().initializers());
      OptionalLong macs = MacFormulas.of(node, this::dims);
      String opType =
          node.domain().isEmpty() ? node.opType() : node.domain() + "::" + node.opType();
      return new NodeCost(node.name(), opType, read, perSample(macs), perSample(outputBytes(node)));
    }

    private OptionalLong perSample(OptionalLong ofBatch) {
      return ofBatch.isPresent() ? OptionalLong.of(ofBatch.getAsLong() / batch) : ofBatch;
    }

    private OptionalLong outputBytes(Node node) {
      long sum = 0;
      for (String output : node.outputs()) {
        OptionalLong bytes = output.isEmpty() ? OptionalLong.of(0) : bytesOf(output);
        if (bytes.isEmpty()) {
          return bytes;
        }
        sum += bytes.getAsLong();
      }
      return OptionalLong.of(sum);
    }

    private Optional<Dims> dims(String tensor) {
      return types.dims(tensor, sizes);
    }

    private OptionalLong bytesOf(String tensor) {
      Optional<ElementType> type = types.of(tensor).map(ValueType.OfTensor::elementType);
      Optional<Dims> dims = dims(tensor);
      return type.isPresent() && dims.isPresent()
          ? OptionalLong.of(type.get().byteLength(dims.get().elementCount()))
          : OptionalLong.empty();
    }

    private static long weightBytes(Graph graph) {
      long sum = 0;
      for (var tensor : graph.initializers().values()) {
        sum += tensor.byteLength();
      }
      for (Node node : graph.nodes()) {
        for (Graph inner : node.subGraphs()) {
          sum += weightBytes(inner);
        }
      }
      return sum;
    }
  }
}
