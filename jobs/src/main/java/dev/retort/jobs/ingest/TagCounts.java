package dev.retort.jobs.ingest;

import dev.retort.data.SampleTags;
import dev.retort.data.StratumRanks;
import dev.retort.data.SubsetChoice;
import dev.retort.data.TokenLengths;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;

/**
 * Counting passes over the tags of a data set, one element a partition, in canonical order.
 *
 * @param tags as {@link SampleTags#toBytes} gives them
 * @param strata how many strata there are
 */
record TagCounts(JavaRDD<byte[]> tags, int strata) {

  /** How many samples each stratum has. */
  long[] strataSizes() {
    int count = strata;
    return tags.map(
            bytes -> {
              long[] sizes = new long[count];
              SampleTags.visit(bytes, (stratum, rank, n, tokens) -> sizes[stratum]++);
              return sizes;
            })
        .fold(new long[count], TagCounts::sum);
  }

  /** The choice of {@code quotas[s]} samples of each stratum s. */
  SubsetChoice choose(long... quotas) {
    byte[] ranks =
        tags.map(
                bytes -> {
                  StratumRanks found = new StratumRanks(quotas);
                  SampleTags.visit(bytes, (stratum, rank, n, tokens) -> found.add(stratum, rank));
                  return found.toBytes();
                })
            .treeReduce(
                (a, b) -> {
                  StratumRanks merged = StratumRanks.ofBytes(quotas, a);
                  merged.merge(StratumRanks.ofBytes(quotas, b));
                  return merged.toBytes();
                });
    return StratumRanks.ofBytes(quotas, ranks).choice();
  }

  /**
   * The lengths of the texts that the choice takes, then of those that it leaves.
   *
   * @param maxLength the most tokens that a text has
   */
  List<TokenLengths> lengths(SubsetChoice choice, int maxLength) {
    int fields = maxLength + 2;
    long[] counts =
        tags.map(
                bytes -> {
                  long[] found = new long[2 * fields];
                  SampleTags.visit(
                      bytes,
                      (stratum, rank, n, tokens) -> {
                        int side = choice.takes(stratum, rank, n) ? 0 : fields;
                        found[side + Math.abs(tokens)]++;
                        found[side + fields - 1] += tokens < 0 ? 1 : 0;
                      });
                  return found;
                })
            .fold(new long[2 * fields], TagCounts::sum);
    return IntStream.of(0, fields)
        .mapToObj(
            from ->
                TokenLengths.of(
                    Arrays.copyOfRange(counts, from, from + fields - 1), counts[from + fields - 1]))
        .toList();
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** For each partition how many samples the choice takes, and how many it leaves. */
  List<long[]> takenAndLeft(SubsetChoice choice) {
    return tags.map(
            bytes -> {
              long[] counts = new long[2];
              SampleTags.visit(
                  bytes,
                  (stratum, rank, n, tokens) -> counts[choice.takes(stratum, rank, n) ? 0 : 1]++);
              return counts;
            })
        .collect();
  }
}
