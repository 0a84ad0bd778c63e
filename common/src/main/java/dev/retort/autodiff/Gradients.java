package dev.retort.autodiff;

import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Differentiates a model in reverse mode: walks back from the loss {@code L}, and for each node
 * with outputs {@code y} emits {@code dL/dx = sum over y of (dL/dy)(dy/dx)} for the inputs {@code
 * x} that the wanted tensors lead to. Contributions of several readers are summed in the reverse
 * order of the nodes, so that equal models give equal graphs.
 *
 * <p>Only the top-level graph is differentiated. At a kink (Relu at 0, equal maxima) the derivative
 * is the one that the operator's rule states.
 */
public final class Gradients {
  private final Model model;
  private final String loss;
  private final List<String> wanted;
  private final GraphEditor editor;
  private final TensorTypes types;
  private final List<Node> nodes;
  private final Emitter emitter;
  private final Map<String, List<String>> contributions = new HashMap<>();

  private Gradients(Model model, String loss, List<String> wanted) {
    this.model = model;
    this.loss = loss;
    this.wanted = List.copyOf(wanted);
    this.editor = GraphEditor.of(model);
    openConstants();
    Model opened = editor.build();
    this.types = ShapeInference.inferFromInputs(opened);
    this.nodes = editor.nodes();
    this.emitter = new Emitter(editor, types);
  }

  /**
   * Adds the gradient of {@code loss} by each of {@code wanted} to the outputs of {@code model}.
   *
   * @param loss a floating-point tensor of one element
   * @param wanted floating-point constants, which become inputs, inputs, or inner tensors; one that
   *     the loss does not depend on has a gradient of zeros
   * @throws UnsupportedModelError (exit 3) if a node between them has no gradient, naming node and
   *     operator, or the model is not of opset 17
   * @throws UserError (exit 3) if a name is unknown or a tensor is not of the kind stated
   */
  public static Differentiated of(Model model, String loss, List<String> wanted) {
    if (model.opset("") != Model.OPSET) {
      throw new UnsupportedModelError(
          ("Cannot differentiate the model: its opset is %d, must be %d; export it again with opset"
                  + " %d")
              .formatted(model.opset(""), Model.OPSET, Model.OPSET));
    }
    return new Gradients(model, loss, wanted).differentiate();
  }

  private Differentiated differentiate() {
    Dims lossDims = requireScalar();
    wanted.forEach(this::requireFloat);
    if (new LinkedHashSet<>(wanted).size() != wanted.size()) {
      throw refused("the tensors to differentiate by are " + wanted, "different");
    }
    Set<String> needed = dependents();
    List<Node> path = path(needed);
    PathCheck.requireRules(model, path);
    contribute(loss, emitter.filled(1, types.of(loss).orElseThrow().elementType(), lossDims));
    walk(path, needed);
    editor.addOutput(info(loss));
    Map<String, String> outputs = new LinkedHashMap<>();
    wanted.forEach(tensor -> outputs.put(tensor, returned(tensor)));
    editor.removeUnused();
    return new Differentiated(editor.build(), loss, outputs);
  }

  /** Makes inputs of the constants to differentiate by. */
  private void openConstants() {
    for (String tensor : wanted) {
      editor
          .constant(tensor)
          .ifPresent(
              value ->
                  editor.addInput(
                      ValueInfo.of(
                          tensor,
                          ValueType.OfTensor.of(
                              value.type(),
                              Arrays.stream(value.dims().toArray())
                                  .mapToObj(Dim::of)
                                  .toArray(Dim[]::new)))));
    }
  }

  private Dims requireScalar() {
    requireFloat(loss);
    Dims dims =
        types
            .dims(loss)
            .orElseThrow(() -> refused("the shape of loss '" + loss + "' is unknown", "fixed"));
    if (dims.elementCount() != 1) {
      throw refused(
          "the loss '%s' has shape %s".formatted(loss, dims), "of one element; reduce it first");
    }
    return dims;
  }

  private void requireFloat(String tensor) {
    ValueType.OfTensor type =
        types.of(tensor).orElseThrow(() -> refused("there is no tensor '" + tensor + "'", "one"));
    if (!type.elementType().isFloat() || type.elementType() == ElementType.BFLOAT16) {
      throw refused("'" + tensor + "' is " + type, "FLOAT32, FLOAT64 or FLOAT16");
    }
  }

  private static UserError refused(String what, String range) {
    return UserError.input("Cannot differentiate the model: %s, must be %s".formatted(what, range));
  }

  /** The tensors that depend on a wanted one and can have a gradient. */
  private Set<String> dependents() {
    Set<String> dependents = new LinkedHashSet<>(wanted);
    for (Node node : nodes) {
      if (dependsOn(node, dependents)) {
        node.outputs().stream()
            .filter(output -> !output.isEmpty() && carriesGradient(node, output))
            .forEach(dependents::add);
      }
    }
    return dependents;
  }

  /** Integers have no gradient, but for quantized levels, whose rounding is passed straight. */
  private boolean carriesGradient(Node node, String output) {
    boolean isFloat = types.of(output).map(t -> t.elementType().isFloat()).orElse(true);
    return isFloat || QuantizationGradients.carriesLevels(node);
  }

  /** The nodes between the wanted tensors and the loss, in order. */
  private List<Node> path(Set<String> dependents) {
    Set<String> towardsLoss = new LinkedHashSet<>(Set.of(loss));
    List<Node> path = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (node.outputs().stream().anyMatch(o -> towardsLoss.contains(o) && dependents.contains(o))
          && dependsOn(node, dependents)) {
        path.add(0, node);
        towardsLoss.addAll(node.inputs());
        node.subGraphs().forEach(graph -> towardsLoss.addAll(graph.capturedNames()));
      }
    }
    return path;
  }

  private static boolean dependsOn(Node node, Set<String> tensors) {
    return node.inputs().stream().anyMatch(tensors::contains)
        || node.subGraphs().stream()
            .anyMatch(graph -> graph.capturedNames().stream().anyMatch(tensors::contains));
  }

  private void walk(List<Node> path, Set<String> needed) {
    List<String> refusals = new ArrayList<>();
    for (int i = path.size() - 1; i >= 0; i--) {
      Node node = path.get(i);
      Map<String, String> gradients = new HashMap<>();
      emitter.enter(RewriteContext.label(node));
      for (String output : node.outputs()) {
        if (needed.contains(output) && contributions.containsKey(output)) {
          gradients.put(output, total(output));
        }
      }
      if (!gradients.isEmpty()) {
        try {
          differentiate(new NodeGradient(node, emitter, needed, gradients));
        } catch (NoGradient e) {
          refusals.add(PathCheck.described(node) + ": " + e.getMessage());
        }
      }
    }
    PathCheck.requireNone(refusals);
  }

  private void differentiate(NodeGradient node) {
    GradientRules.of(node.node()).orElseThrow().differentiate(node);
    node.requireComplete();
    node.given().forEach((index, gradient) -> contribute(node.input(index), gradient));
  }

  private void contribute(String tensor, String gradient) {
    contributions.computeIfAbsent(tensor, t -> new ArrayList<>()).add(gradient);
  }

  /** The sum of all contributions to {@code tensor}, of which there is at least one. */
  private String total(String tensor) {
    List<String> parts = contributions.get(tensor);
    if (parts.size() > 1) {
      String sum = emitter.op(parts.size() == 2 ? "Add" : "Sum", parts.toArray(String[]::new));
      contributions.put(tensor, new ArrayList<>(List.of(sum)));
      return sum;
    }
    return parts.get(0);
  }

  /** Returns the gradient of {@code tensor} as an output of its own name. */
  private String returned(String tensor) {
    emitter.enter(tensor);
    String gradient = contributions.containsKey(tensor) ? total(tensor) : emitter.zerosLike(tensor);
    String output = editor.freshName(tensor + ".grad");
    editor.add(Node.of(output, "Identity", List.of(gradient), List.of(output)));
    editor.addOutput(info(tensor).withName(output));
    if (editor.canRedirect(output, gradient)) {
      editor.redirect(output, gradient);
      contributions
          .values()
          .forEach(parts -> parts.replaceAll(p -> p.equals(gradient) ? output : p));
    }
    return output;
  }

  private ValueInfo info(String tensor) {
    return ValueInfo.of(tensor, types.of(tensor).orElseThrow());
  }
}
