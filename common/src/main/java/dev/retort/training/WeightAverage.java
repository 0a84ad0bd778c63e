package dev.retort.training;

import java.io.IOException;

/**
 * An exponential moving average of the weights, which often generalizes better than the last ones
 * (Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992; in this form
 * Tarvainen and Valpola, Mean teachers, 2017):
 *
 * <pre>  e = decay e + (1 - decay) w, beginning with e = w of the first update</pre>
 *
 * Confined to one thread.
 */
public final class WeightAverage {
  private final double decay;
  private final ParameterBuffer average;
  private long updates;

  /**
   * An average of no weights yet.
   *
   * @param decay in [0, 1)
   */
  public WeightAverage(double decay, ParameterLayout layout) {
    Settings.requireCoefficient("the decay of the weight average", decay);
    this.decay = decay;
    this.average = new ParameterBuffer(layout);
  }

  /** Takes the weights after a step into the average. */
  public void update(ParameterBuffer weights) {
    if (updates++ == 0) {
      average.set(weights);
      return;
    }
    weights.requireLayout(average.layout());
    float[] w = new float[Chunk.VALUES];
    float[] e = new float[Chunk.VALUES];
    int length = average.layout().length();
    for (int at = 0; at < length; at += Chunk.VALUES) {
      int count = Math.min(Chunk.VALUES, length - at);
      weights.values().get(at, w, 0, count);
      average.values().get(at, e, 0, count);
      move(e, w, (float) decay, (float) (1 - decay));
      average.values().put(at, e, 0, count);
    }
  }

  /** The average; zeros before the first update. */
  public ParameterBuffer average() {
    return average;
  }

  /** How many weights were taken in. */
  public long updates() {
    return updates;
  }

  /** Writes decay, updates and average. */
  public void write(StateWriter to) throws IOException {
    to.putText("weight average of decay " + decay);
    to.putLong(updates);
    average.write(to);
  }

  /**
   * Takes the state that {@link #write} wrote.
   *
   * @throws dev.retort.error.UserError (exit 3) if it is of another decay or layout, or cut short
   */
  public void read(StateReader from) throws IOException {
    from.expect("the weight average", "weight average of decay " + decay);
    updates = from.number();
    average.read(from);
  }

  private static void move(float[] e, float[] w, float keep, float add) {
    for (int i = 0; i < e.length; i++) {
      e[i] = keep * e[i] + add * w[i];
    }
  }
}
