package dev.retort.jobs.stage;

import dev.retort.provenance.Sha256;

/**
 * What {@code label} stored.
 *
 * @param data the data set, such as {@code train}
 * @param samples how many samples have labels
 * @param location the folder in the store
 * @param contentHash over the logits of all shards
 */
public record LabelResult(String data, long samples, String location, Sha256 contentHash) {}
