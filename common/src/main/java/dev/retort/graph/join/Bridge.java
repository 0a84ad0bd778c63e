package dev.retort.graph.join;

/**
 * What stands between an encoder and a head.
 *
 * @param pooling how tokens become one vector
 * @param normalize whether that vector is divided by its Euclidean length
 */
public record Bridge(Pooling pooling, boolean normalize) {}
