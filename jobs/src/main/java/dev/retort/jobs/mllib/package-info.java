/**
 * Retort and Spark MLlib: classification metrics by {@code MulticlassMetrics}. May import all of
 * {@code common}, {@code jobs.run} and {@code jobs.spark}.
 */
package dev.retort.jobs.mllib;
