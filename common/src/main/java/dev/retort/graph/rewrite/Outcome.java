package dev.retort.graph.rewrite;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a rule did at a node. */
public sealed interface Outcome {

  /**
   * The rule rewrote the graph.
   *
   * @param reason what it did, one clause for the reader of the report
   * @param numbers what it was decided from, by name
   */
  record Fired(String reason, SortedMap<String, Double> numbers) implements Outcome {
    public Fired {
      numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    }

    /** This outcome with one more number. */
    public Fired with(String name, double value) {
      SortedMap<String, Double> extended = new TreeMap<>(numbers);
      extended.put(name, value);
      return new Fired(reason, extended);
    }
  }

  /** The pattern is there, but rewriting it would be wrong or of no use. */
  record Refused(String reason) implements Outcome {}

  /** The pattern is not there. */
  record NotHere() implements Outcome {}

  static Fired fired(String reason) {
    return new Fired(reason, new TreeMap<>());
  }

  static Refused refused(String reason) {
    return new Refused(reason);
  }

  static NotHere notHere() {
    return new NotHere();
  }
}
