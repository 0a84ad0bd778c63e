package dev.retort.training;

import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.util.Optional;

/**
 * All that a training needs to go on bit for bit: the weights, other values that move with them
 * (running statistics of BatchNormalization), the optimizer, the weight average and what evaluation
 * has seen. Schedules, orders of samples and augmentations need no state: they are functions of
 * {@link Optimizer#steps}.
 *
 * <p>Canonical bytes: {@code retort-training-1}, then the parts in the order of the components, the
 * average behind {@code 1} or {@code 0}, then the SHA-256 of all before it. Equal states have equal
 * bytes.
 *
 * @param weights trainable parameters
 * @param buffers values that steps change but no gradient does; may have no parameter
 * @param optimizer steps and moments
 * @param average the moving average of weights, if one is kept
 */
public record Checkpoint(
    ParameterBuffer weights,
    ParameterBuffer buffers,
    Optimizer optimizer,
    Optional<WeightAverage> average) {
  private static final String FORMAT = "retort-training-1";

  /** Writes the state with {@code progress} and returns the digest of it, the last field. */
  public Sha256 write(EarlyStopping progress, StateWriter to) throws IOException {
    to.putText(FORMAT);
    weights.write(to);
    buffers.write(to);
    optimizer.write(to);
    to.putLong(average.isPresent() ? 1 : 0);
    if (average.isPresent()) {
      average.get().write(to);
    }
    progress.write(to);
    Sha256 hash = to.hash();
    to.putText(hash.hex());
    return hash;
  }

  /**
   * Puts what {@link #write} wrote into the components, which have its layouts and settings.
   *
   * @param settings those of the evaluation, whose progress is read
   * @return the progress
   * @throws dev.retort.error.UserError (exit 3) if it is of another model or optimizer, damaged or
   *     cut short; the components then hold nothing of use
   */
  public EarlyStopping read(EarlyStopping settings, StateReader from) throws IOException {
    from.expect("the format", FORMAT);
    weights.read(from);
    buffers.read(from);
    optimizer.read(from);
    long averages = from.number();
    if (averages != (average.isPresent() ? 1 : 0)) {
      throw from.refused(
          "the number of weight averages",
          Long.toString(averages),
          average.isPresent() ? "1" : "0");
    }
    if (average.isPresent()) {
      average.get().read(from);
    }
    EarlyStopping progress = settings.read(from);
    Sha256 hash = from.hash();
    from.expect("the hash", hash.hex());
    return progress;
  }
}
