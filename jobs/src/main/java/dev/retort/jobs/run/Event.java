package dev.retort.jobs.run;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Something that happened in a run: one line of {@code events.jsonl}.
 *
 * @param time when
 * @param kind what, such as {@code stage-end}
 * @param fields its values, units in the names
 */
public record Event(Instant time, String kind, SortedMap<String, Object> fields) {
  public Event {
    fields = Collections.unmodifiableSortedMap(new TreeMap<>(fields));
  }

  /** An event of now. */
  public static Event now(String kind, Map<String, ?> fields) {
    return new Event(Instant.now(), kind, new TreeMap<>(fields));
  }
}
