package dev.retort.runtime;

/** Hears of each batch that was run, on the thread that ran it; must be quick. */
@FunctionalInterface
public interface BatchListener {
  /** Hears nothing. */
  BatchListener SILENT = (samples, nanos) -> {};

  /**
   * A batch was run.
   *
   * @param samples how many samples it had
   * @param nanos wall-clock time from its inputs to its outputs
   */
  void ran(int samples, long nanos);
}
