package dev.retort.jobs.stage;

import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.recipe.Recipe;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a command asks of the pipeline.
 *
 * @param work the work root, any Hadoop file system: {@code store/} and {@code runs/} are below it
 * @param runId the run's name when the recipe's own shall not be used
 * @param measurements a file of measurements to replay instead of measuring
 * @param progress hears how far the run is
 */
public record PipelineRequest(
    Recipe recipe,
    URI work,
    Optional<String> runId,
    Optional<Path> measurements,
    ProgressListener progress) {

  /** The work root with the Hadoop settings of this process, whether Spark has started or not. */
  WorkRoot root() {
    return WorkRoot.of(work.toString(), HadoopSettings.ofThisProcess());
  }

  /** The name of the run's directory. */
  public String effectiveRunId() {
    return runId.orElseGet(recipe::runId);
  }

  /** This request for a command that runs one stage: it has a run directory of its own. */
  PipelineRequest named(String command) {
    return new PipelineRequest(
        recipe, work, Optional.of(effectiveRunId() + "-" + command), measurements, progress);
  }
}
