package dev.retort.training;

/**
 * A rise along a line, then half a cosine (Loshchilov and Hutter, SGDR, ICLR 2017, equation 5,
 * without restarts; warm-up of Goyal et al., 2017):
 *
 * <pre>
 *   peak (s + 1) / (warmUp + 1)                                            for s &lt; warmUp
 *   last + (peak - last) / 2 (1 + cos(pi (s - warmUp) / (total - warmUp)))   from there on
 * </pre>
 *
 * That is PyTorch's {@code LinearLR(start_factor = 1 / (warmUp + 1), total_iters = warmUp)}
 * followed by {@code CosineAnnealingLR(total - warmUp, eta_min = last)}: no step has a rate of 0.
 *
 * @param peak the highest rate, above 0
 * @param last the rate that the cosine tends to, in [0, peak]
 * @param warmUp steps of the rise, at least 0
 * @param total all steps, more than {@code warmUp}
 */
public record WarmUpCosine(double peak, double last, long warmUp, long total) implements Schedule {
  public WarmUpCosine {
    Settings.requireRate("the learning rate", peak);
    Settings.require("the last learning rate", last, last >= 0 && last <= peak, "0 to " + peak);
    Settings.require("warm-up", (double) warmUp, warmUp >= 0, "0 steps or more");
    Settings.require(
        "warm-up", (double) warmUp, warmUp < total, "fewer than all " + total + " steps");
  }

  @Override
  public StepRates at(long step) {
    Schedule.requireStep(step, total);
    if (step < warmUp) {
      return StepRates.of(peak * (double) (step + 1) / (double) (warmUp + 1));
    }
    double done = (double) (step - warmUp) / (double) (total - warmUp);
    return StepRates.of(Schedule.cosine(peak, last, done));
  }
}
