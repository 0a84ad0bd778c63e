package dev.retort.report;

/**
 * How long a stage took.
 *
 * @param name the stage
 * @param seconds wall time
 * @param note what it did, such as {@code 121 shards, 0 from the store}
 */
public record StageTime(String name, double seconds, String note) {}
