package dev.retort.training;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One rise and one fall of the learning rate, both along half a cosine, and momentum the other way
 * round (Smith and Topin, Super-convergence, 2018), as PyTorch's {@code OneCycleLR} with {@code
 * anneal_strategy = "cos"} and two phases:
 *
 * <pre>
 *   first = peak / divFactor,   last = first / finalDivFactor,   turn = rise total - 1
 *   cosine(first -> peak, s / turn)                              for s &lt;= turn
 *   cosine(peak -> last, (s - turn) / (total - 1 - turn))         after it
 * </pre>
 *
 * @param peak the highest rate, above 0
 * @param total all steps, at least 2
 * @param rise the part of the steps before the peak ({@code pct_start}), in [0, 1); usually 0.3
 * @param divFactor above 0, usually 25
 * @param finalDivFactor above 0, usually 10,000
 * @param momentum what momentum cycles between; empty leaves it alone
 */
public record OneCycle(
    double peak,
    long total,
    double rise,
    double divFactor,
    double finalDivFactor,
    Optional<MomentumCycle> momentum)
    implements Schedule {

  /**
   * The momentum at the ends of the cycle and at its peak.
   *
   * @param ends usually 0.95
   * @param atPeak usually 0.85
   */
  public record MomentumCycle(double ends, double atPeak) {
    /** PyTorch's defaults. */
    public static final MomentumCycle USUAL = new MomentumCycle(0.95, 0.85);

    public MomentumCycle {
      Settings.requireCoefficient("the momentum at the ends of the cycle", ends);
      Settings.requireCoefficient("the momentum at the peak of the cycle", atPeak);
    }
  }

  public OneCycle {
    Settings.requireRate("the learning rate", peak);
    Settings.require("the length of the cycle", (double) total, total >= 2, "2 steps or more");
    Settings.requireCoefficient("the rising part of the cycle", rise);
    Settings.requireRate("div-factor", divFactor);
    Settings.requireRate("final-div-factor", finalDivFactor);
  }

  /** PyTorch's defaults: rise 0.3, factors 25 and 10,000, momentum 0.95 to 0.85. */
  public static OneCycle of(double peak, long total) {
    return new OneCycle(peak, total, 0.3, 25, 1e4, Optional.of(MomentumCycle.USUAL));
  }

  @Override
  public StepRates at(long step) {
    Schedule.requireStep(step, total);
    double first = peak / divFactor;
    double rate = annealed(step, first, peak, first / finalDivFactor);
    return new StepRates(
        rate,
        momentum.isEmpty()
            ? OptionalDouble.empty()
            : OptionalDouble.of(
                annealed(
                    step, momentum.get().ends(), momentum.get().atPeak(), momentum.get().ends())));
  }

  private double annealed(long step, double first, double middle, double last) {
    double turn = rise * (double) total - 1;
    double end = (double) (total - 1);
    if ((double) step <= turn) {
      return Schedule.cosine(first, middle, turn == 0 ? 1 : (double) step / turn);
    }
    return Schedule.cosine(middle, last, ((double) step - turn) / (end - turn));
  }
}
