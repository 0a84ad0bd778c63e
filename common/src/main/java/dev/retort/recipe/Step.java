package dev.retort.recipe;

import java.util.Collections;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/** One step of a recipe. */
public sealed interface Step {

  /** The name in the recipe, such as {@code quantize}. */
  String name();

  /** Simplifies the graph without changing what it computes. */
  record Fuse() implements Step {
    @Override
    public String name() {
      return "fuse";
    }
  }

  /**
   * Computes with 8-bit integers.
   *
   * @param calibration how the ranges of activations are found
   * @param ops the operators that join Conv and Gemm in a convolutional network; empty when
   *     measured on validation
   * @param smoothing for transformers, how much of an activation's outliers moves into the weights
   */
  record Quantize(
      Preset preset, Calibration calibration, Optional<SortedSet<OpGroup>> ops, double smoothing)
      implements Step {
    public Quantize {
      ops = ops.map(groups -> Collections.unmodifiableSortedSet(new TreeSet<>(groups)));
    }

    @Override
    public String name() {
      return "quantize";
    }
  }

  /**
   * Stores the teacher's outputs on the training data.
   *
   * @param topK how many of the largest logits are kept; empty for all
   */
  record Label(OptionalInt topK) implements Step {
    @Override
    public String name() {
      return "label";
    }
  }

  /** Named sets of quantization settings. */
  enum Preset {
    /**
     * Convolutional networks: static QDQ, activations u8, weights s8 a channel, bias s32.
     * Transformers: dynamic, activations u8, weights s8 a channel, embeddings s8 a row.
     */
    INT8
  }

  /** Operators that are quantized only when they are chosen to be. */
  enum OpGroup {
    ADD,
    POOL,
    ACTIVATION
  }

  /**
   * How the ranges of activations are found.
   *
   * @param samples how many training samples are observed
   * @param percentile the share of values inside the range, in percent; used by {@code PERCENTILE}
   */
  record Calibration(int samples, RangeMethod range, double percentile) {}

  /** How a range is chosen from the values that a tensor took. */
  enum RangeMethod {
    MSE,
    MINMAX,
    PERCENTILE,
    SQNR,
    KL,
    /** The best of the others on validation. */
    AUTO
  }
}
