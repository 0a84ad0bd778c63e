/**
 * Mergeable statistics of tensors: {@link dev.retort.statistics.StatisticsTable} holds what {@link
 * dev.retort.statistics.StatisticRequest}s ask for, gathered in one pass; {@link
 * dev.retort.statistics.FixedTree} gives float states one order of merging; {@link
 * dev.retort.statistics.RangeEstimator}s choose ranges from a {@link
 * dev.retort.statistics.ValueHistogram}. May import {@code error}, {@code tensor}, {@code
 * provenance} and {@code graph}.
 */
package dev.retort.statistics;
