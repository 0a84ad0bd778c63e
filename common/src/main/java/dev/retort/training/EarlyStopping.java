package dev.retort.training;

import java.io.IOException;

/**
 * Which evaluation on the validation split was the best, which the last, and whether training
 * should stop: after {@code patience} evaluations in a row none of which is better than the best by
 * more than {@code minDelta}. Immutable.
 *
 * <p>A value of NaN is never better than another. The best changes with any improvement, however
 * small, so that the best checkpoint is the best; only patience asks for {@code minDelta}.
 *
 * @param goal which way is better
 * @param patience at least 1
 * @param minDelta at least 0
 * @param reference the value that patience compares with
 * @param waited evaluations since then
 * @param best the best evaluation
 * @param last the last evaluation
 */
public record EarlyStopping(
    Goal goal,
    long patience,
    double minDelta,
    double reference,
    long waited,
    Evaluation best,
    Evaluation last) {

  /** Which way is better. */
  public enum Goal {
    LOWEST,
    HIGHEST;

    /** Whether {@code value} is better than {@code other} by more than {@code delta}. */
    boolean isBetter(double value, double other, double delta) {
      return !Double.isNaN(value)
          && (Double.isNaN(other)
              || (this == LOWEST ? value < other - delta : value > other + delta));
    }
  }

  /**
   * The value of a metric after a step.
   *
   * @param step -1 before the first evaluation
   * @param value NaN before the first evaluation
   */
  public record Evaluation(long step, double value) {
    /** No evaluation yet. */
    public static final Evaluation NONE = new Evaluation(-1, Double.NaN);
  }

  public EarlyStopping {
    Settings.require("patience", (double) patience, patience >= 1, "1 or above");
    Settings.require("min-delta", minDelta, minDelta >= 0, "0 or above");
  }

  /** Before the first evaluation. */
  public static EarlyStopping of(Goal goal, long patience, double minDelta) {
    return new EarlyStopping(
        goal, patience, minDelta, Double.NaN, 0, Evaluation.NONE, Evaluation.NONE);
  }

  /** Only keeps track of best and last and never says stop. */
  public static EarlyStopping never(Goal goal) {
    return of(goal, Long.MAX_VALUE, 0);
  }

  /** What is known after the evaluation of {@code step}. */
  public EarlyStopping after(long step, double value) {
    boolean improved = goal.isBetter(value, reference, minDelta);
    Evaluation now = new Evaluation(step, value);
    return new EarlyStopping(
        goal,
        patience,
        minDelta,
        improved ? value : reference,
        improved ? 0 : waited + 1,
        goal.isBetter(value, best.value(), 0) ? now : best,
        now);
  }

  /** Whether training should stop. */
  public boolean isOver() {
    return waited >= patience;
  }

  /** Whether the last evaluation is the best one: its weights are to be kept. */
  public boolean isBest() {
    return best.step() >= 0 && best.step() == last.step();
  }

  void write(StateWriter to) throws IOException {
    to.putDouble(reference);
    to.putLong(waited);
    to.putLong(best.step());
    to.putDouble(best.value());
    to.putLong(last.step());
    to.putDouble(last.value());
  }

  /** The same settings with what {@link #write} wrote. */
  EarlyStopping read(StateReader from) throws IOException {
    return new EarlyStopping(
        goal,
        patience,
        minDelta,
        from.real(),
        from.number(),
        new Evaluation(from.number(), from.real()),
        new Evaluation(from.number(), from.real()));
  }
}
