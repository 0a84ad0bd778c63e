package dev.retort.jobs.mllib;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import dev.retort.runtime.ModelProbe;
import dev.retort.runtime.ProbeRequest;
import dev.retort.runtime.SessionSettings;
import dev.retort.tensor.Dims;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The models that a child process has loaded and run once, at the bidding of this one. */
final class ModelTrials {
  private static final Set<Trial> PASSED = ConcurrentHashMap.newKeySet();

  private record Trial(Sha256 model, SessionSettings settings, Map<String, Dims> dims) {}

  private ModelTrials() {}

  /**
   * Tries the model in a child process, unless it has passed before.
   *
   * @param dims of one row, for the inputs whose axes are all known; others are tried with 32
   * @throws UserError (exit 3) if it does not load or run
   */
  static void pass(LocalModel model, SessionSettings settings, Map<String, Dims> dims) {
    Trial trial = new Trial(model.sha256(), settings, Map.copyOf(dims));
    if (PASSED.contains(trial)) {
      return;
    }
    try {
      ModelProbe.probe(ProbeRequest.of(model.file(), settings, dims));
    } catch (UserError e) {
      throw dims.size() == model.inputs().size()
          ? e
          : UserError.input(
              "%s (axes of no stated size were tried with 32: set inputShapes)"
                  .formatted(e.getMessage()),
              e);
    }
    PASSED.add(trial);
  }
}
