package dev.retort.cost;

import java.util.OptionalLong;

/**
 * What one node of the top-level graph costs.
 *
 * @param parameters trainable numbers that it reads; a tensor that several nodes read counts at the
 *     first
 * @param macs multiply-accumulates a sample; empty where a shape or the operator is not known
 * @param outputBytes bytes of its outputs a sample; empty where a shape is not known
 */
public record NodeCost(
    String name, String opType, long parameters, OptionalLong macs, OptionalLong outputBytes) {}
