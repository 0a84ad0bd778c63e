package dev.retort.jobs.cli;

import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.RunResult;

/** What the commands need of the pipeline. */
interface Engine {

  /** Runs all steps of the recipe, or finds them done. */
  RunResult compress(PipelineRequest request);
}
