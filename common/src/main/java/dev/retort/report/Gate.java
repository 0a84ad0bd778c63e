package dev.retort.report;

/**
 * One demand of the recipe on a model, printed.
 *
 * @param name what it is about, such as {@code accuracy drop}
 * @param actual what was measured, with its unit
 * @param limit what is allowed, such as {@code at most 0.5 points}
 * @param passed whether it holds
 */
public record Gate(String name, String actual, String limit, boolean passed) {}
