package dev.retort.cost;

/**
 * The total of the nodes of one operator.
 *
 * @param opType the operator, with its domain unless it is ONNX's own
 * @param macs multiply-accumulates a sample of the nodes where they are known
 */
public record OperatorCost(String opType, int nodes, long parameters, long macs) {}
