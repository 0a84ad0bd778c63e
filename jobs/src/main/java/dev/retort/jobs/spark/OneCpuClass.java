package dev.retort.jobs.spark;

import dev.retort.error.UserError;
import dev.retort.provenance.CpuClass;
import java.io.Serializable;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockManagerId;

/**
 * A computation that only processors of one class take. Executors that are there when a run begins
 * are asked then; one that registers later, in place of a lost one or because more are allowed,
 * tells its class when it opens its first task.
 *
 * @param expected the class of the run
 * @param reading tells the class of the processor that calls it
 * @param computation what is computed
 */
record OneCpuClass(String expected, Reading reading, ShardComputation computation)
    implements ShardComputation {

  /** Tells the class of a processor. */
  @FunctionalInterface
  interface Reading extends Serializable {
    String cpuClass();

    static Reading ofThisMachine() {
      return () -> CpuClass.ofThisMachine().name();
    }
  }

  @Override
  public String suffix() {
    return computation.suffix();
  }

  /**
   * {@inheritDoc}
   *
   * @throws UserError (exit 2) on a processor of another class
   */
  @Override
  public Worker open(int[] shards) {
    String found = reading.cpuClass();
    if (!found.equals(expected)) {
      BlockManagerId here = SparkEnv.get().blockManager().blockManagerId();
      throw UserError.usage(
          "Cannot compute on executor %s, which has registered after the run began: its processor on %s is of class %s, must be %s as all others; %s"
              .formatted(here.executorId(), here.host(), found, expected, Cluster.REMEDY));
    }
    return computation.open(shards);
  }
}
