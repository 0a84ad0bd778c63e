package dev.retort.jobs.stage;

/** Hears how far a run is. Calls come one after the other, from the driver. */
public interface ProgressListener {

  /**
   * A stage begins.
   *
   * @param totalUnits how much it has to do; 0 when nobody knows
   * @param unit what is counted, such as {@code samples}
   */
  void stageStarted(String name, long totalUnits, String unit);

  /** {@code units} more of the running stage are done. */
  void advanced(long units);

  /**
   * The running stage ended.
   *
   * @param reused whether its result was already in the store
   */
  void stageFinished(String name, double seconds, boolean reused);

  /** A listener that ignores everything. */
  static ProgressListener silent() {
    return new ProgressListener() {
      @Override
      public void stageStarted(String name, long totalUnits, String unit) {}

      @Override
      public void advanced(long units) {}

      @Override
      public void stageFinished(String name, double seconds, boolean reused) {}
    };
  }
}
