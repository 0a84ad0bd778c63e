package dev.retort.report;

import java.util.List;
import java.util.Optional;

/**
 * One model and what was measured of it.
 *
 * @param name the name that people know it by, such as the teacher's file or {@code quantize}
 * @param path its file, relative to the run directory where it lies there
 * @param sha256 the digest of the file, in hexadecimal
 * @param sizeBytes the length of the file and its external data
 * @param zippedBytes the length after deflate
 * @param quality how well it does its task
 * @param latencies how long it takes, one entry a setting
 * @param gates what the recipe asks of it
 * @param graph what it consists of
 */
public record ModelResult(
    String name,
    String path,
    String sha256,
    long sizeBytes,
    long zippedBytes,
    Quality quality,
    List<Latency> latencies,
    List<Gate> gates,
    GraphSummary graph) {
  public ModelResult {
    latencies = List.copyOf(latencies);
    gates = List.copyOf(gates);
  }

  /** The latency with the same setting as {@code other}. */
  Optional<Latency> latencyLike(Latency other) {
    return latencies.stream()
        .filter(each -> each.batch() == other.batch() && each.threads() == other.threads())
        .findFirst();
  }
}
