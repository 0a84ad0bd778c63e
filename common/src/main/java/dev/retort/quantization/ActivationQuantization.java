package dev.retort.quantization;

import dev.retort.plan.Decision;
import dev.retort.statistics.AffineGrid;
import dev.retort.statistics.Range;
import java.util.Optional;

/**
 * How one activation is quantized to u8.
 *
 * @param tensor its name in the float model
 * @param range the range that was chosen
 * @param grid the levels
 * @param levels a uint8 tensor of the model that holds the levels already, so that nothing needs to
 *     be rounded
 * @param clippedFraction the fraction of calibration values beyond the ends of the grid
 * @param signalToNoise mean square of the values over the mean squared error expected, in dB;
 *     infinite where there is no error
 * @param reason for the report
 */
public record ActivationQuantization(
    String tensor,
    Range range,
    AffineGrid grid,
    Optional<String> levels,
    double clippedFraction,
    double signalToNoise,
    String reason) {
  /** The plan's word for an activation that is rounded. */
  static final String QUANTIZED = "uint8";

  /** The plan's word for one that the model's input holds as bytes. */
  static final String STORED = "uint8-as-stored";

  /** Why a tensor has the grid of {@code source}. */
  static String sharing(String source) {
    return "shares the grid of " + source + ", whose values it moves or picks";
  }

  /** Why a tensor needs no rounding whose levels are the bytes of {@code levels}. */
  static String exact(String levels) {
    return "is the bytes of " + levels + " times a constant, which is exact";
  }

  /** This as a line of the plan. */
  public Decision toDecision() {
    String action = levels.isPresent() ? STORED : QUANTIZED;
    Decision decision =
        Decision.of(tensor, action, reason)
            .with("rangeMin", range.min())
            .with("rangeMax", range.max())
            .with("scale", grid.scale())
            .with("zeroPoint", grid.zeroPoint())
            .with("clippedFraction", clippedFraction);
    return Decibels.addTo(decision, signalToNoise);
  }
}
