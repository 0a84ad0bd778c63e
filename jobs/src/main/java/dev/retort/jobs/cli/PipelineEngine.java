package dev.retort.jobs.cli;

import dev.retort.jobs.stage.Pipeline;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.RunResult;

/** The pipeline itself. */
final class PipelineEngine implements Engine {
  @Override
  public RunResult compress(PipelineRequest request) {
    return Pipeline.compress(request);
  }
}
