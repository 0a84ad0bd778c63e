package dev.retort.jobs.run;

import java.util.Map;
import java.util.Set;

/** What happens in a run that its journal tells; deploy/README.md lists the same. */
public enum EventKind {
  /** A driver has the lease, and Spark has started. */
  RUN_START("run-start", Set.of("run", "cpu", "slots")),
  /** A stage has its result: seconds of wall-clock time, shards computed and found. */
  STAGE_END("stage-end", Set.of("stage", "seconds", "computed", "reused")),
  /** The run ends in order. */
  RUN_END("run-end", Set.of("status", "exitCode"));

  private final String text;
  private final Set<String> fields;

  EventKind(String text, Set<String> fields) {
    this.text = text;
    this.fields = fields;
  }

  /** As the journal has it. */
  public String text() {
    return text;
  }

  /** The names of its fields. */
  public Set<String> fields() {
    return fields;
  }

  boolean isOf(Event event) {
    return event.kind().equals(text);
  }

  void check(Map<String, ?> given) {
    if (!given.keySet().equals(fields)) {
      throw new IllegalArgumentException(
          "event %s has the fields %s, must have %s".formatted(text, given.keySet(), fields));
    }
  }
}
