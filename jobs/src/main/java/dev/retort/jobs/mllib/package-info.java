/**
 * Retort and Spark MLlib: classification metrics by {@code MulticlassMetrics}, and models as
 * transformers of DataFrames ({@link dev.retort.jobs.mllib.OnnxTransformer}). May import all of
 * {@code common}, {@code jobs.run} and {@code jobs.spark}.
 */
package dev.retort.jobs.mllib;
