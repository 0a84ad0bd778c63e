package dev.retort.jobs.stage;

/** Hears how far a run is. Stages may run side by side, each from a thread of its own. */
public interface ProgressListener {

  /**
   * A stage begins.
   *
   * @param totalUnits how much it has to do; 0 when nobody knows
   * @param unit what is counted, such as {@code samples}
   * @return what hears how far this stage is
   */
  StageProgress stageStarted(String name, long totalUnits, String unit);

  /** Hears how far one stage is. */
  interface StageProgress {

    /** {@code units} more are done. */
    void advanced(long units);

    /**
     * The stage ended.
     *
     * @param reused whether its result was already in the store
     */
    void finished(double seconds, boolean reused);
  }

  /** A listener that ignores everything. */
  static ProgressListener silent() {
    return (name, totalUnits, unit) ->
        new StageProgress() {
          @Override
          public void advanced(long units) {}

          @Override
          public void finished(double seconds, boolean reused) {}
        };
  }
}
