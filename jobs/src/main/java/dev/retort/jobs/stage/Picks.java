package dev.retort.jobs.stage;

import dev.retort.data.SubsetChoice;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/** The chosen samples of a data set, in canonical order: shard and index of each. Immutable. */
final class Picks implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int FIELDS = 4;

  private final int[] shards;
  private final int[] indexes;

  private Picks(int[] shards, int[] indexes) {
    this.shards = shards;
    this.indexes = indexes;
  }

  /**
   * Those of the candidates that the choice takes.
   *
   * @param candidates shard, index, stratum and rank of each, flat, in canonical order
   */
  static Picks of(List<long[]> candidates, SubsetChoice choice) {
    IntStream.Builder shards = IntStream.builder();
    IntStream.Builder indexes = IntStream.builder();
    long previous = 0;
    long occurrence = -1;
    for (long[] part : candidates) {
      for (int at = 0; at < part.length; at += FIELDS) {
        long rank = part[at + 3];
        occurrence = occurrence >= 0 && rank == previous ? occurrence + 1 : 0;
        previous = rank;
        if (choice.takes((int) part[at + 2], rank, occurrence)) {
          shards.add((int) part[at]);
          indexes.add((int) part[at + 1]);
        }
      }
    }
    return new Picks(shards.build().toArray(), indexes.build().toArray());
  }

  int size() {
    return shards.length;
  }

  int shard(int pick) {
    return shards[pick];
  }

  int index(int pick) {
    return indexes[pick];
  }
}
