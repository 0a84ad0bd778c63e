package dev.retort.report;

import java.util.List;

/**
 * Where the time of a model goes, by the runtime's own profile at batch 1 on one thread.
 *
 * @param model the model's name
 * @param operators by falling time, all nodes of a type together
 * @param nodes by falling time, as the runtime has fused them
 */
public record TimeProfile(String model, List<Entry> operators, List<Entry> nodes) {

  /**
   * The time of an operator or of a node.
   *
   * @param name the node's; the operator's type where all its nodes stand together
   * @param opType the operator's type
   * @param nodes how many there are
   * @param micros microseconds a run
   * @param share of the model's time, 0 to 1
   */
  public record Entry(String name, String opType, long nodes, double micros, double share) {}

  public TimeProfile {
    operators = List.copyOf(operators);
    nodes = List.copyOf(nodes);
  }

  /** Microseconds a run, the sum over all operators. */
  double micros() {
    return operators.stream().mapToDouble(Entry::micros).sum();
  }
}
