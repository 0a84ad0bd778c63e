package dev.retort.report;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a model consists of.
 *
 * @param operatorSet the version of ONNX's operators
 * @param nodes how many nodes it has
 * @param parameters how many weights
 * @param macs multiply-accumulates a sample
 * @param operators nodes by operator
 */
public record GraphSummary(
    long operatorSet, long nodes, long parameters, long macs, SortedMap<String, Long> operators) {
  public GraphSummary {
    operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
  }
}
