package dev.retort.jobs.stage;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The measurements of a run. Each is taken once: what the run measured before it was interrupted,
 * or what the user replays, is not measured again. Confined to the driver's thread.
 */
public final class MeasurementBook {
  private final SortedMap<String, Measurement> byKey = new TreeMap<>();
  private final Consumer<List<Measurement>> save;

  /**
   * A book that holds {@code known} already.
   *
   * @param save called with all measurements after each new one
   */
  public MeasurementBook(List<Measurement> known, Consumer<List<Measurement>> save) {
    known.forEach(measurement -> byKey.put(measurement.key().hex(), measurement));
    this.save = save;
  }

  /** The measurement of {@code kind} under {@code settings}; taken now if it is not known. */
  public Measurement take(
      String kind,
      Map<String, String> settings,
      Supplier<SortedMap<String, List<Double>>> measure) {
    SortedMap<String, String> sorted = new TreeMap<>(settings);
    String key = Measurement.key(kind, sorted).hex();
    Measurement known = byKey.get(key);
    if (known != null) {
      return known;
    }
    Measurement taken = new Measurement(kind, sorted, measure.get());
    byKey.put(key, taken);
    save.accept(all());
    return taken;
  }

  /** All measurements, by key. */
  public List<Measurement> all() {
    return List.copyOf(byKey.values());
  }
}
