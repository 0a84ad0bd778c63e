package dev.retort.runtime;

import dev.retort.tensor.Dims;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@link ModelProbe} tries and within which limits.
 *
 * @param sampleDims dimensions of one sample, for the inputs whose dimensions the model leaves open
 * @param limits what the trial may take
 */
public record ProbeRequest(
    Path model, SessionSettings settings, Map<String, Dims> sampleDims, Limits limits) {
  public ProbeRequest {
    model = model.toAbsolutePath();
    sampleDims = new TreeMap<>(sampleDims);
  }

  /** What a trial may take: wall-clock time, and resident memory of the child process. */
  public record Limits(Duration time, long memoryBytes) {
    private static final long GIGABYTE = 1L << 30;

    /** A minute, and 4 GB besides twice the model's own size. */
    public static Limits forModelOf(long modelBytes) {
      return new Limits(Duration.ofMinutes(1), 4 * GIGABYTE + 2 * modelBytes);
    }
  }

  /** A trial with the usual limits. */
  public static ProbeRequest of(
      Path model, SessionSettings settings, Map<String, Dims> sampleDims) {
    Limits limits = Limits.forModelOf(model.toFile().length());
    return new ProbeRequest(model, settings, sampleDims, limits);
  }

  ProbeRequest withLimits(Limits newLimits) {
    return new ProbeRequest(model, settings, sampleDims, newLimits);
  }
}
