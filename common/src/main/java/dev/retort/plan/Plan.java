package dev.retort.plan;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The plan of one step: its settings and its decisions, in a fixed order.
 *
 * @param step the step's name, such as {@code quantize}
 * @param settings what the recipe and the algorithm fixed, printed
 * @param decisions every decision, in the order of the model's nodes
 */
public record Plan(String step, SortedMap<String, String> settings, List<Decision> decisions) {
  public Plan {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    decisions = List.copyOf(decisions);
  }

  /** This plan with one more setting. */
  public Plan with(String name, String value) {
    SortedMap<String, String> extended = new TreeMap<>(settings);
    extended.put(name, value);
    return new Plan(step, extended, decisions);
  }
}
