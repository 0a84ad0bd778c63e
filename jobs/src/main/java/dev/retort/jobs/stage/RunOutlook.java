package dev.retort.jobs.stage;

import dev.retort.runtime.MemoryPrediction;
import java.util.List;

/**
 * What a run would do, found without a Spark job.
 *
 * @param runId the name of the run directory
 * @param state {@code finished}, {@code interrupted} or {@code new}
 * @param stages all that a run goes through, in its order
 * @param memory what the teacher takes outside the heap of an executor of this machine's size
 * @param slots tasks at once that the prediction is for
 * @param batch samples a run that the prediction is for
 * @param notes what else is known, a clause each
 */
public record RunOutlook(
    String runId,
    String state,
    List<PlannedStage> stages,
    MemoryPrediction memory,
    int slots,
    int batch,
    List<String> notes) {
  public RunOutlook {
    stages = List.copyOf(stages);
    notes = List.copyOf(notes);
  }

  /** What is known of a stage before it runs. */
  public enum Status {
    /** Its result is in the store. */
    STORED("stored"),
    /** It was timed by this run before, or the run replays it. */
    MEASURED("measured"),
    /** The run, which is finished, has done it. */
    DONE("done"),
    /** It has work to do. */
    TO_RUN("to run"),
    /** That hangs on what an earlier stage will find. */
    DEPENDS("depends");

    private final String words;

    Status(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  /**
   * One stage.
   *
   * @param name such as {@code label test}
   * @param what one clause for the reader
   */
  public record PlannedStage(String name, Status status, String what) {}
}
