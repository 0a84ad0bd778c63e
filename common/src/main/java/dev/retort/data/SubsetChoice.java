package dev.retort.data;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A seeded, stratified choice of samples: of each stratum (class; one where samples have no labels)
 * those with the smallest {@linkplain SampleKey#rank ranks}. It depends on seed, keys and labels
 * alone. Samples with equal keys are told apart by their occurrence, counted from 0. Immutable.
 */
public final class SubsetChoice implements Serializable {
  /** The most samples of a validation split. */
  public static final long MOST_VALIDATION = 10_000;

  private static final long serialVersionUID = 1L;

  private final long[] lastRanks;
  private final long[] lastOccurrences;

  SubsetChoice(long[] lastRanks, long[] lastOccurrences) {
    this.lastRanks = lastRanks.clone();
    this.lastOccurrences = lastOccurrences.clone();
  }

  /** The choice of nothing. */
  public static SubsetChoice nothing(int strata) {
    return new StratumRanks(new long[strata]).choice();
  }

  /** Whether the sample is chosen. */
  public boolean takes(int stratum, long rank, long occurrence) {
    return rank < lastRanks[stratum]
        || (rank == lastRanks[stratum] && occurrence < lastOccurrences[stratum]);
  }

  /**
   * How many samples the validation split of {@code samples} has: {@code fraction} of them, at most
   * {@value #MOST_VALIDATION}, and never all.
   */
  public static long validationSize(long samples, double fraction) {
    long wanted = Math.min(MOST_VALIDATION, Math.round(fraction * samples));
    return Math.max(0, Math.min(wanted, samples - 1));
  }

  /**
   * Deals {@code wanted} samples over strata of the given sizes in proportion, by the largest
   * remainders (ties to the first); all of them if there are fewer.
   */
  public static long[] quotas(long wanted, long... stratumSizes) {
    long total = Arrays.stream(stratumSizes).sum();
    if (wanted >= total) {
      return stratumSizes.clone();
    }
    long[] quotas = new long[stratumSizes.length];
    long[] remainders = new long[stratumSizes.length];
    for (int i = 0; i < quotas.length; i++) {
      long product = Math.multiplyExact(wanted, stratumSizes[i]);
      quotas[i] = product / total;
      remainders[i] = product % total;
    }
    long left = wanted - Arrays.stream(quotas).sum();
    IntStream.range(0, quotas.length)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -remainders[i]))
        .limit(left)
        .forEach(i -> quotas[i]++);
    return quotas;
  }
}
