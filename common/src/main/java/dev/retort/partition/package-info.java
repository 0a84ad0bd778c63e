/**
 * Parts of a model: {@link dev.retort.partition.Part}. Every stage result is keyed by (part,
 * shard); a model that fits is part 0 of 1. May import from {@code error} up to {@code budget}.
 */
package dev.retort.partition;
