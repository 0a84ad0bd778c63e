package dev.retort.jobs.run;

import java.util.Map;
import java.util.Set;

/** What happens in a run that its journal tells; deploy/README.md lists the same. */
public enum EventKind {
  /** A driver has the lease, and Spark has started. */
  RUN_START("run-start"),
  /** A stage has its result: seconds of wall-clock time, shards computed and found. */
  STAGE_END("stage-end"),
  /** The run ends in order. */
  RUN_END("run-end");

  private final String text;

  EventKind(String text) {
    this.text = text;
  }

  /** As the journal has it. */
  public String text() {
    return text;
  }

  /** The names of its fields. */
  public Set<String> fields() {
    return switch (this) {
      case RUN_START -> Set.of("run", "cpu", "slots");
      case STAGE_END -> Set.of("stage", "seconds", "computed", "reused");
      case RUN_END -> Set.of("status", "exitCode");
    };
  }

  boolean isOf(Event event) {
    return event.kind().equals(text);
  }

  void check(Map<String, ?> given) {
    if (!given.keySet().equals(fields())) {
      throw new IllegalArgumentException(
          "event %s has the fields %s, must have %s".formatted(text, given.keySet(), fields()));
    }
  }
}
