package dev.retort.quantization;

import dev.retort.statistics.RangeEstimator;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the preset leaves open, to be measured on validation data.
 *
 * @param range how ranges of activations are chosen
 * @param groups the operators that are quantized; always with {@link OpGroup#CONV_GEMM}
 */
public record QuantizationChoice(RangeEstimator range, SortedSet<OpGroup> groups) {
  public QuantizationChoice {
    SortedSet<OpGroup> all = new TreeSet<>(groups);
    all.add(OpGroup.CONV_GEMM);
    groups = Collections.unmodifiableSortedSet(all);
  }

  public static QuantizationChoice of(RangeEstimator range, Set<OpGroup> groups) {
    return new QuantizationChoice(range, new TreeSet<>(groups));
  }

  /** The name in reports and measurements, such as {@code mse conv_gemm+add+pool}. */
  public String name() {
    return range.name()
        + " "
        + groups.stream()
            .map(g -> g.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining("+"));
  }

  /** The operators in words, such as {@code Conv and Gemm, Add, pooling}. */
  public String operators() {
    return operators(groups);
  }

  /** As {@link #operators()}, of any set. */
  static String operators(Set<OpGroup> groups) {
    return groups.stream().map(OpGroup::words).collect(Collectors.joining(", "));
  }
}
