package dev.retort.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model called the test samples of each class.
 *
 * @param counts samples by labelled class (row) and called class (column)
 * @param f1 F1 of each class, 0 to 1
 */
public record ClassCounts(List<List<Long>> counts, List<Double> f1) {
  /** Samples of class {@code labelled} that were called {@code called}. */
  record Confused(int labelled, int called, long samples) {}

  /**
   * Copies its arguments.
   *
   * @throws IllegalArgumentException unless {@code counts} is square and {@code f1} as long
   */
  public ClassCounts {
    counts = counts.stream().map(List::copyOf).toList();
    f1 = List.copyOf(f1);
    int classes = f1.size();
    if (counts.size() != classes || counts.stream().anyMatch(row -> row.size() != classes)) {
      throw new IllegalArgumentException("counts are not square for " + classes + " classes");
    }
  }

  int classes() {
    return f1.size();
  }

  long count(int labelled, int called) {
    return counts.get(labelled).get(called);
  }

  /** Samples with the label {@code labelled}. */
  long samples(int labelled) {
    return counts.get(labelled).stream().mapToLong(Long::longValue).sum();
  }

  /** The share of the samples of class {@code labelled} that were called {@code called}. */
  double share(int labelled, int called) {
    return (double) count(labelled, called) / Math.max(1, samples(labelled));
  }

  /** The largest {@link #share} of a wrong class. */
  double largestError() {
    return confused().stream()
        .mapToDouble(pair -> share(pair.labelled(), pair.called()))
        .max()
        .orElse(0);
  }

  /** The pairs of classes that were confused, the most samples first. */
  List<Confused> confused() {
    List<Confused> pairs = new ArrayList<>();
    for (int labelled = 0; labelled < classes(); labelled++) {
      for (int called = 0; called < classes(); called++) {
        if (called != labelled && count(labelled, called) > 0) {
          pairs.add(new Confused(labelled, called, count(labelled, called)));
        }
      }
    }
    pairs.sort(Comparator.comparingLong(Confused::samples).reversed());
    return pairs;
  }

  /** The classes that have samples, those with the least of {@code by} first. */
  List<Integer> labelled(Comparator<Integer> by) {
    return IntStream.range(0, classes())
        .filter(label -> samples(label) > 0)
        .boxed()
        .sorted(by)
        .toList();
  }
}
