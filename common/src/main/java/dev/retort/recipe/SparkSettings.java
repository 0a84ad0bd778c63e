package dev.retort.recipe;

import java.util.OptionalInt;

/**
 * How work is spread over executors; no result depends on it.
 *
 * @param partitions partitions a job; empty for what the cluster's cores suggest
 */
public record SparkSettings(OptionalInt partitions) {}
