package dev.retort.jobs.stage;

import dev.retort.provenance.Fingerprint;
import dev.retort.provenance.Sha256;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something timed once: what, under which settings, and the values.
 *
 * @param kind what was measured, such as {@code latency}
 * @param settings what it depends on: model hash, runtime, processor, batch, threads
 * @param values numbers by name, units in the names
 */
public record Measurement(
    String kind, SortedMap<String, String> settings, SortedMap<String, List<Double>> values) {
  private static final int VERSION = 1;

  public Measurement {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    TreeMap<String, List<Double>> copy = new TreeMap<>();
    values.forEach((name, numbers) -> copy.put(name, List.copyOf(numbers)));
    values = Collections.unmodifiableSortedMap(copy);
  }

  /** The identity of what was measured, whatever came out. */
  public static Sha256 key(String kind, SortedMap<String, String> settings) {
    Fingerprint fingerprint = Fingerprint.of("measurement-" + kind, VERSION);
    settings.forEach(fingerprint::with);
    return fingerprint.sha256();
  }

  public Sha256 key() {
    return key(kind, settings);
  }

  /** The digest of the values: a plan that stands on this measurement names it. */
  public Sha256 contentHash() {
    Fingerprint fingerprint = Fingerprint.of("measured-" + key().hex(), VERSION);
    values.forEach(fingerprint::with);
    return fingerprint.sha256();
  }

  /** The first of the values called {@code name}. */
  public double value(String name) {
    List<Double> numbers = values.get(name);
    if (numbers == null || numbers.isEmpty()) {
      throw new IllegalArgumentException("measurement " + kind + " has no value " + name);
    }
    return numbers.get(0);
  }
}
