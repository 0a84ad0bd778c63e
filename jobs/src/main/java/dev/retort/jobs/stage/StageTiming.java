package dev.retort.jobs.stage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a stage went.
 *
 * @param stage the stage's name
 * @param seconds wall-clock time on the driver
 * @param computed shards that were computed now
 * @param reused shards that were in the store
 */
public record StageTiming(String stage, double seconds, long computed, long reused) {

  /** Stages of one name, such as measurements of several models, as one. */
  static List<StageTiming> merged(List<StageTiming> timings) {
    Map<String, StageTiming> byName = new LinkedHashMap<>();
    timings.forEach(timing -> byName.merge(timing.stage(), timing, StageTiming::plus));
    return List.copyOf(byName.values());
  }

  private StageTiming plus(StageTiming other) {
    double both = seconds + other.seconds;
    if (isCut() && other.isCut()) {
      return new StageTiming(stage, both, computed + other.computed, reused + other.reused);
    }
    StageTiming cut = other.isCut() ? other : this;
    return new StageTiming(stage, both, cut.computed, cut.reused);
  }

  /** Whether the stage has shards: one that has none counts as one. */
  private boolean isCut() {
    return computed + reused > 1;
  }

  /** Such as {@code 79 shards, 64 from the store}; empty for what is not cut into shards. */
  String shards() {
    String part = computed == 0 ? "all" : Long.toString(reused);
    String stored = reused == 0 ? "" : ", " + part + " from the store";
    return isCut() ? computed + reused + " shards" + stored : "";
  }
}
