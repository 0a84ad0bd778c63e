package dev.retort.recipe;

/** Recipes for tests. */
final class Recipes {
  static final String MINIMAL =
      """
      name: tiny
      model: m.onnx
      data:
        train: {format: csv, path: train.csv}
        test: {format: csv, path: test.csv}
        inputs:
          x: {type: float32, shape: [4]}
      steps:
        - fuse
      """;

  private Recipes() {}
}
