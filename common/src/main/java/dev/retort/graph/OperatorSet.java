package dev.retort.graph;

/** A domain and the version of its operators that a model uses. */
public record OperatorSet(String domain, long version) {
  public OperatorSet {
    domain = domain.equals("ai.onnx") ? "" : domain;
  }
}
