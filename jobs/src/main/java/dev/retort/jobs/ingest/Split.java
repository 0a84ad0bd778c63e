package dev.retort.jobs.ingest;

import dev.retort.data.SampleKey;
import dev.retort.data.SubsetChoice;
import dev.retort.provenance.Seed;
import java.io.Serializable;

/** A choice and the seed of the ranks that it was made from. */
record Split(Seed seed, SubsetChoice choice) {

  Members of(Side side) {
    return new Members(seed.value(), choice, side);
  }

  /** One side of the split; sent to executors. */
  record Members(long seed, SubsetChoice choice, Side side) implements Serializable {

    /** Whether the sample with this key is one, given how many equal ones come before it. */
    boolean contains(int stratum, SampleKey key, long occurrence) {
      boolean taken = choice.takes(stratum, key.rank(new Seed(seed)), occurrence);
      return taken == (side == Side.TAKEN);
    }
  }
}
