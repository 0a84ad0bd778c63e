package dev.retort.plan;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One decision of a plan.
 *
 * @param target the tensor, node or model that it is about
 * @param action what is done, such as {@code int8}, {@code keep-float} or {@code fuse}
 * @param numbers what it was decided from, by name, units in the names
 * @param reason one sentence for the reader of the report
 */
public record Decision(
    String target, String action, SortedMap<String, Double> numbers, String reason) {
  public Decision {
    numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
  }

  public static Decision of(String target, String action, String reason) {
    return new Decision(target, action, new TreeMap<>(), reason);
  }

  /** This decision with one more number. */
  public Decision with(String name, double value) {
    SortedMap<String, Double> extended = new TreeMap<>(numbers);
    extended.put(name, value);
    return new Decision(target, action, extended, reason);
  }
}
