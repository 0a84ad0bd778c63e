package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.NamedFile;
import dev.retort.jobs.spark.SparkFailures;
import dev.retort.jobs.stage.RunResult;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The file of {@code --result}: how one attempt ended, for whoever submitted it and sees neither
 * its exit code nor its console. Unlike {@code result.json} of the run it is of this attempt alone,
 * and it tells of errors that come before there is a run.
 */
record AttemptResult(Optional<NamedFile> file, String runId) {

  /**
   * Runs {@code command} and writes down its result or its failure; a lost driver leaves "running".
   */
  RunResult record(Supplier<RunResult> command) {
    write(RunResult.running(runId));
    try {
      RunResult result = command.get();
      write(result);
      return result;
    } catch (RuntimeException | Error e) {
      writeFailure(e);
      throw e;
    }
  }

  private void writeFailure(Throwable failure) {
    try {
      write(RunResult.failed(runId, SparkFailures.explain(failure)));
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void write(RunResult result) {
    file.ifPresent(named -> named.write(Json.write(result)));
  }
}
