package dev.retort.jobs.stage;

/**
 * How a stage went.
 *
 * @param stage the stage's name
 * @param seconds wall-clock time on the driver
 * @param computed shards that were computed now
 * @param reused shards that were in the store
 */
public record StageTiming(String stage, double seconds, long computed, long reused) {}
