package dev.retort.jobs.stage;

/**
 * What {@code bench} does.
 *
 * @param samples how many training samples are labelled at most, in whole shards
 * @param passes how often each way labels them; the last pass counts
 * @param python the Python that runs the peer, or {@code none}
 */
public record BenchRequest(long samples, int passes, String python) {
  boolean hasPeer() {
    return !python.equals("none");
  }
}
