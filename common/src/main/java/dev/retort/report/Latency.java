package dev.retort.report;

/**
 * How long one batch takes.
 *
 * @param batch samples a batch
 * @param threads threads of the session
 * @param medianMillis the median of all runs
 * @param lowMillis their first quartile
 * @param highMillis their third quartile
 */
public record Latency(
    int batch, int threads, double medianMillis, double lowMillis, double highMillis) {}
