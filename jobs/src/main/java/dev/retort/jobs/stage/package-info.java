/**
 * One class per stage, and the pipeline that runs them in order for a {@link
 * dev.retort.jobs.stage.PipelineRequest}. May import every package but {@code jobs.cli}.
 */
package dev.retort.jobs.stage;
