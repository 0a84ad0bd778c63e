package dev.retort.graph.onnx;

import dev.retort.graph.Model;

/** What reading does to a model so that later stages see one form only. */
final class Normalization {
  private Normalization() {}

  static Model normalize(Source source, Model model) {
    return model;
  }
}
