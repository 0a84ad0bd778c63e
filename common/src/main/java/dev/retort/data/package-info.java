/**
 * Samples: what a data set holds ({@link dev.retort.data.DatasetDescriptor}), how it is cut into
 * shards ({@link dev.retort.data.ShardPlan}), how these are stored ({@link
 * dev.retort.data.ShardWriter}, {@link dev.retort.data.ShardReader}, {@link
 * dev.retort.data.SoftLabels}), how foreign files are decoded, and what stands before a model so
 * that it takes samples as they are stored ({@link dev.retort.data.Preprocessing}). May import
 * {@code error}, {@code tensor}, {@code provenance}, {@code graph}, parquet-mr and Hadoop.
 */
package dev.retort.data;
