package dev.retort.jobs.stage;

import java.util.List;

/**
 * Several ways to label the same samples.
 *
 * @param samples how many
 * @param slots task slots, each with one run of inference at a time
 * @param batch samples a run
 * @param jobSeconds what a Spark job over the same shards costs that computes nothing
 * @param ways the limit first
 */
public record BenchResult(
    long samples, int slots, int batch, double jobSeconds, List<BenchResult.Way> ways) {
  /** The way that the others are compared with. */
  public static final String LIMIT = "bare ONNX Runtime loop, data in memory";

  /** The limit of those who pad each text to the most tokens, 32 texts a batch. */
  public static final String AS_PEERS = "bare loop, all texts padded to the maximum, batch 32";

  /** Retort's own way. */
  public static final String RETORT = "Retort: read shards, infer, write labels";

  /** Another tool's way. */
  public static final String PEER = "pyspark mapInPandas with ONNX Runtime";

  public BenchResult {
    ways = List.copyOf(ways);
  }

  /**
   * One way.
   *
   * @param samplesPerSecond of the last pass; 0 if there is no figure
   * @param note versions, or why there is no figure
   */
  public record Way(String name, double samplesPerSecond, String note) {
    static Way of(String name, double samplesPerSecond) {
      return new Way(name, samplesPerSecond, "");
    }
  }

  /** Samples a second of the way called {@code name}; 0 if there is no figure. */
  public double samplesPerSecond(String name) {
    return ways.stream()
        .filter(way -> way.name().equals(name))
        .mapToDouble(Way::samplesPerSecond)
        .sum();
  }
}
