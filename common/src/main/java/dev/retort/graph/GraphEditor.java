package dev.retort.graph;

import dev.retort.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Edits the top-level graph of a model. Sub-graphs are opaque: what they capture counts as a use by
 * the node that holds them, and the names in them are never taken for new tensors.
 *
 * <p>Inputs and outputs of the model keep their names. Nodes are known by identity: methods take
 * nodes that {@link #nodes()}, {@link #producer} or {@link #consumers} returned. Not thread safe.
 */
public final class GraphEditor {
  private final Model model;
  private final IdentityHashMap<Node, Long> nodes = new IdentityHashMap<>();
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Set<Node>> consumers = new HashMap<>();
  private final Map<String, Tensor> initializers;
  private final Map<String, ValueInfo> inputs = new LinkedHashMap<>();
  private final Map<String, ValueInfo> outputs = new LinkedHashMap<>();
  private final Map<String, ValueInfo> valueInfos = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Long> operatorSets = new LinkedHashMap<>();
  private long nextOrder;

  private GraphEditor(Model model) {
    this.model = model;
    Graph graph = model.graph();
    initializers = new LinkedHashMap<>(graph.initializers());
    graph.inputs().forEach(input -> inputs.put(input.name(), input));
    graph.outputs().forEach(output -> outputs.put(output.name(), output));
    graph.valueInfos().forEach(info -> valueInfos.put(info.name(), info));
    model.operatorSets().forEach(set -> operatorSets.put(set.domain(), set.version()));
    names.addAll(initializers.keySet());
    names.addAll(inputs.keySet());
    names.addAll(outputs.keySet());
    graph.nodes().forEach(node -> insert(node, nextOrder++));
  }

  public static GraphEditor of(Model model) {
    return new GraphEditor(model);
  }

  /**
   * A snapshot of the nodes in topological order, ties in the order of insertion.
   *
   * @throws IllegalStateException if the edits made a cycle
   */
  public List<Node> nodes() {
    IdentityHashMap<Node, Integer> missing = new IdentityHashMap<>();
    PriorityQueue<Node> ready = new PriorityQueue<>(Comparator.comparing(nodes::get));
    for (Node node : nodes.keySet()) {
      int count = (int) Graph.readsOf(node).stream().filter(producers::containsKey).count();
      missing.put(node, count);
      if (count == 0) {
        ready.add(node);
      }
    }
    List<Node> sorted = new ArrayList<>(nodes.size());
    while (!ready.isEmpty()) {
      Node node = ready.remove();
      sorted.add(node);
      for (String output : node.outputs()) {
        for (Node consumer : consumersOf(output)) {
          if (missing.merge(consumer, -1, Integer::sum) == 0) {
            ready.add(consumer);
          }
        }
      }
    }
    if (sorted.size() != nodes.size()) {
      throw new IllegalStateException("the edited graph has a cycle");
    }
    return sorted;
  }

  /** Whether {@code node} is still part of the graph. */
  public boolean contains(Node node) {
    return nodes.containsKey(node);
  }

  /** The node that computes {@code tensor}; empty for inputs and constants. */
  public Optional<Node> producer(String tensor) {
    return Optional.ofNullable(producers.get(tensor));
  }

  /** The nodes that read {@code tensor}, directly or in a sub-graph, each once. */
  public List<Node> consumers(String tensor) {
    return consumersOf(tensor).stream().sorted(Comparator.comparing(nodes::get)).toList();
  }

  /** The one reader of {@code tensor}; empty if there are others or the model returns it. */
  public Optional<Node> onlyConsumer(String tensor) {
    Set<Node> readers = consumersOf(tensor);
    return readers.size() == 1 && !isOutput(tensor)
        ? Optional.of(readers.iterator().next())
        : Optional.empty();
  }

  public boolean isInput(String tensor) {
    return inputs.containsKey(tensor);
  }

  public boolean isOutput(String tensor) {
    return outputs.containsKey(tensor);
  }

  /** The value of {@code tensor} if no caller can change it: an initializer that is no input. */
  public Optional<Tensor> constant(String tensor) {
    return isInput(tensor) ? Optional.empty() : Optional.ofNullable(initializers.get(tensor));
  }

  /** The type that the model states for {@code tensor}. */
  public Optional<ValueInfo> valueInfo(String tensor) {
    ValueInfo info = inputs.get(tensor);
    info = info == null ? outputs.get(tensor) : info;
    return Optional.ofNullable(info == null ? valueInfos.get(tensor) : info);
  }

  /** The version of {@code domain} that the model uses, 0 if it does not. */
  public long opset(String domain) {
    return operatorSets.getOrDefault(domain, 0L);
  }

  /** A name that no tensor of the model has, even in a sub-graph; it is reserved. */
  public String freshName(String hint) {
    String name = hint;
    for (int i = 1; !names.add(name); i++) {
      name = hint + "_" + i;
    }
    return name;
  }

  /** Adds a constant and returns its name, which is {@code hint} where that is free. */
  public String addConstant(String hint, Tensor value) {
    String name = freshName(hint);
    initializers.put(name, value);
    return name;
  }

  /**
   * Gives a constant a value: either a constant that is there, whose readers all see the new value,
   * or a name that a removed node computed.
   *
   * @throws IllegalArgumentException if a node computes {@code name} or a caller gives it
   */
  public void setConstant(String name, Tensor value) {
    if (name.isEmpty() || isInput(name) || producers.containsKey(name)) {
      throw new IllegalArgumentException("cannot make a constant of " + name);
    }
    names.add(name);
    initializers.put(name, value);
  }

  /** Adds a node, whose outputs nothing else may define. */
  public void add(Node node) {
    insert(node, nextOrder++);
  }

  /** Removes a node; whoever reads its outputs must be edited too before {@link #build}. */
  public void remove(Node node) {
    if (nodes.remove(node) == null) {
      throw new IllegalArgumentException("not in the graph: " + node);
    }
    node.outputs().forEach(producers::remove);
    Graph.readsOf(node).forEach(tensor -> consumersOf(tensor).remove(node));
  }

  /** Puts {@code replacement} in the place of {@code node}, also in the order of nodes. */
  public void replace(Node node, Node replacement) {
    Long order = nodes.get(node);
    remove(node);
    insert(replacement, order);
  }

  /**
   * Whether {@link #redirect} can be done: names that a sub-graph reads stay, and a tensor that the
   * model returns keeps its name, so its replacement must be computed by a node and not be returned
   * itself.
   */
  public boolean canRedirect(String from, String to) {
    if (from.equals(to) || from.isEmpty() || to.isEmpty() || isCaptured(from)) {
      return false;
    }
    return !isOutput(from)
        || (producers.containsKey(from)
            && producers.containsKey(to)
            && !isOutput(to)
            && !isCaptured(to));
  }

  /**
   * Lets all readers of {@code from} read {@code to} instead. If the model returns {@code from},
   * the node that computed {@code to} computes {@code from} from now on; the one that computed
   * {@code from} is removed, or computes a tensor with a new name where its other outputs are used.
   * A node that computes {@code to} from {@code from} would read itself: redirect it first.
   *
   * @throws IllegalArgumentException unless {@link #canRedirect}
   */
  public void redirect(String from, String to) {
    if (!canRedirect(from, to)) {
      throw new IllegalArgumentException("cannot let " + to + " stand for " + from);
    }
    rename(from, to);
    if (isOutput(from)) {
      release(from);
      Node computer = producers.get(to);
      replace(computer, computer.withOutputs(renamed(computer.outputs(), to, from)));
      rename(to, from);
    }
  }

  private void rename(String from, String to) {
    for (Node reader : List.copyOf(consumersOf(from))) {
      replace(reader, reader.withInputs(renamed(reader.inputs(), from, to)));
    }
  }

  /** Makes the name {@code tensor}, which nothing reads, free for another node. */
  private void release(String tensor) {
    Node computer = producers.get(tensor);
    boolean otherUse =
        computer.outputs().stream()
            .anyMatch(o -> !o.equals(tensor) && (isOutput(o) || !consumersOf(o).isEmpty()));
    if (otherUse) {
      List<String> outputs = renamed(computer.outputs(), tensor, freshName(tensor));
      replace(computer, computer.withOutputs(outputs));
    } else {
      remove(computer);
    }
  }

  private boolean isCaptured(String tensor) {
    return consumersOf(tensor).stream()
        .flatMap(node -> node.subGraphs().stream())
        .anyMatch(graph -> graph.capturedNames().contains(tensor));
  }

  /**
   * Removes nodes that no output needs and constants that nothing reads; returns how many nodes.
   */
  public int removeUnused() {
    int before = nodes.size();
    Deque<Node> candidates = new ArrayDeque<>(nodes.keySet());
    while (!candidates.isEmpty()) {
      Node node = candidates.remove();
      boolean used =
          !nodes.containsKey(node)
              || node.outputs().stream().anyMatch(o -> isOutput(o) || !consumersOf(o).isEmpty());
      if (!used) {
        remove(node);
        Graph.readsOf(node).forEach(t -> producer(t).ifPresent(candidates::add));
      }
    }
    initializers
        .keySet()
        .removeIf(name -> !isInput(name) && !isOutput(name) && consumersOf(name).isEmpty());
    return before - nodes.size();
  }

  /** States the type of an inner tensor. */
  public void describe(ValueInfo info) {
    valueInfos.put(info.name(), info);
  }

  /**
   * Lets the caller give a value: a new name, or a constant that is there, which loses its value.
   *
   * @throws IllegalArgumentException if it is an input already or a node computes it
   */
  public void addInput(ValueInfo info) {
    if (info.name().isEmpty() || isInput(info.name()) || producers.containsKey(info.name())) {
      throw new IllegalArgumentException("cannot make an input of " + info.name());
    }
    initializers.remove(info.name());
    inputs.put(info.name(), info);
    names.add(info.name());
  }

  /** Lets the model return {@code info} too, if it does not yet. */
  public void addOutput(ValueInfo info) {
    outputs.putIfAbsent(info.name(), info);
    names.add(info.name());
  }

  /**
   * The edited model.
   *
   * @throws IllegalStateException if a node reads what nothing defines, or there is a cycle
   */
  public Model build() {
    List<Node> sorted = nodes();
    Set<String> defined = new LinkedHashSet<>(inputs.keySet());
    defined.addAll(initializers.keySet());
    sorted.forEach(node -> defined.addAll(node.outputs()));
    for (Node node : sorted) {
      for (String tensor : Graph.readsOf(node)) {
        if (!defined.contains(tensor)) {
          throw new IllegalStateException(node + " reads " + tensor + ", which nothing defines");
        }
      }
    }
    if (!defined.containsAll(outputs.keySet())) {
      throw new IllegalStateException("an output is not computed: " + outputs.keySet());
    }
    List<ValueInfo> keptInfos =
        valueInfos.values().stream()
            .filter(info -> producers.containsKey(info.name()) && !isOutput(info.name()))
            .toList();
    Graph graph =
        new Graph(
            model.graph().name(),
            sorted,
            initializers,
            List.copyOf(inputs.values()),
            List.copyOf(outputs.values()),
            keptInfos,
            model.graph().documentation(),
            model.graph().extras());
    List<OperatorSet> sets =
        operatorSets.entrySet().stream()
            .map(e -> new OperatorSet(e.getKey(), e.getValue()))
            .toList();
    return model.withGraph(graph).withOperatorSets(sets);
  }

  private void insert(Node node, long order) {
    for (String output : node.outputs()) {
      if (producers.containsKey(output) || isInput(output) || initializers.containsKey(output)) {
        throw new IllegalArgumentException("two definitions of " + output);
      }
    }
    nodes.put(node, order);
    for (String output : node.outputs()) {
      if (!output.isEmpty()) {
        producers.put(output, node);
        names.add(output);
      }
    }
    for (String tensor : Graph.readsOf(node)) {
      consumers.computeIfAbsent(tensor, t -> newIdentitySet()).add(node);
    }
    node.subGraphs().forEach(this::reserveNames);
  }

  private void reserveNames(Graph graph) {
    names.addAll(graph.initializers().keySet());
    graph.inputs().forEach(input -> names.add(input.name()));
    for (Node node : graph.nodes()) {
      names.addAll(node.outputs());
      node.subGraphs().forEach(this::reserveNames);
    }
  }

  private Set<Node> consumersOf(String tensor) {
    return consumers.getOrDefault(tensor, Set.of());
  }

  private static Set<Node> newIdentitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private static List<String> renamed(List<String> tensors, String from, String to) {
    return tensors.stream().map(tensor -> tensor.equals(from) ? to : tensor).toList();
  }
}
