package dev.retort.training;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Changes parameters against their gradients, step by step. All arithmetic is Java's own float and
 * double in one order, coefficients come from {@link StrictMath}: the same gradients give the same
 * bits on any machine.
 *
 * <p>State: the number of steps taken and one buffer for each of the rule's {@linkplain
 * UpdateRule#moments moments}, laid out as the parameters are. Written and read back, it goes on
 * bit for bit. Confined to one thread.
 */
public final class Optimizer {
  private final UpdateRule rule;
  private final List<ParameterBuffer> moments;
  private final Chunk chunk;
  private long steps;

  /** An optimizer that has taken no step. */
  public Optimizer(UpdateRule rule, ParameterLayout layout) {
    this.rule = rule;
    this.moments =
        Stream.generate(() -> new ParameterBuffer(layout)).limit(rule.moments().size()).toList();
    this.chunk = new Chunk(moments.size());
  }

  /**
   * Takes one step.
   *
   * @param weights changed in place
   * @param gradients of the loss by the weights, finite ({@link GradientClipping} checks that); not
   *     changed
   */
  public void step(ParameterBuffer weights, ParameterBuffer gradients, StepRates rates) {
    gradients.requireLayout(weights.layout());
    moments.forEach(moment -> moment.requireLayout(weights.layout()));
    steps++;
    ChunkedTensor tensor = new ChunkedTensor(chunk, weights, gradients, moments);
    for (int i = 0; i < weights.layout().parameters().size(); i++) {
      tensor.select(i);
      rule.update(tensor, rates, steps);
    }
  }

  /** How many steps were taken. */
  public long steps() {
    return steps;
  }

  /** The buffers of state, in the order of the rule's moments; for averaging over workers. */
  public List<ParameterBuffer> moments() {
    return moments;
  }

  /** Writes rule, steps and moments. */
  public void write(StateWriter to) throws IOException {
    to.putText(rule.toString());
    to.putLong(steps);
    for (ParameterBuffer moment : moments) {
      moment.write(to);
    }
  }

  /**
   * Takes the state that {@link #write} wrote.
   *
   * @throws dev.retort.error.UserError (exit 3) if it is of another rule or layout, or cut short
   */
  public void read(StateReader from) throws IOException {
    from.expect("the optimizer", rule.toString());
    steps = from.number();
    for (ParameterBuffer moment : moments) {
      moment.read(from);
    }
  }
}
