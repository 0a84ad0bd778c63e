package dev.retort.jobs.spark;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** The least computation: the state of a shard is its number. */
final class ShardNumbers implements ShardComputation {
  private static final long serialVersionUID = 1L;

  /** How often this process was asked for a state. */
  static final AtomicInteger COMPUTED = new AtomicInteger();

  static byte[] bytes(int shard) {
    return ("shard " + shard).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String suffix() {
    return StateWorker.SUFFIX;
  }

  @Override
  public Worker open(int[] shards) {
    return new StateWorker() {
      @Override
      protected byte[] state(int shard) {
        COMPUTED.incrementAndGet();
        return bytes(shard);
      }

      @Override
      protected int samples(int shard) {
        return 1;
      }
    };
  }
}
