package dev.retort.jobs.spark;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import dev.retort.runtime.ResidentMemory;
import dev.retort.runtime.SessionCache;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * What this process does, for Spark's metrics system, which names each {@code
 * <application>.<executor>.plugin.dev.retort.jobs.spark.RetortPlugin.<metric>}:
 *
 * <ul>
 *   <li>{@value #ROWS}: rows that went through a model, with their rates a second;
 *   <li>{@value #BATCH}: how long a batch takes from gathering its inputs to its outputs, as a
 *       histogram that Spark's sinks print in milliseconds, and batches a second;
 *   <li>{@value #BAD_ROWS}: rows that could not be read, or not be given to a model; those of a
 *       repeated task count again;
 *   <li>{@value #SESSIONS}: sessions open now;
 *   <li>{@value #OFF_HEAP_BYTES}: resident memory less the heap's committed bytes, so weights and
 *       arenas of ONNX Runtime, buffers, and Java's own; 0 where there is no {@code /proc}.
 * </ul>
 *
 * <p>Counted once a batch, never once a row, except bad rows. Thread-safe.
 */
public final class EngineMetrics {
  static final String ROWS = "rows";
  static final String BATCH = "batch";
  static final String BAD_ROWS = "bad-rows";
  static final String SESSIONS = "sessions";
  static final String OFF_HEAP_BYTES = "off-heap-bytes";

  private final Meter rows = new Meter();
  private final Timer batch = new Timer();
  private final Counter badRows = new Counter();

  private EngineMetrics() {}

  /** The metrics of this process. */
  public static EngineMetrics ofThisJvm() {
    return Holder.THIS_JVM;
  }

  /** Counts a row that cannot be used. */
  public void badRow() {
    badRows.inc();
  }

  /** Adds the metrics to {@code registry}; driver and executors of one process have one each. */
  void register(MetricRegistry registry) {
    Gauge<Integer> sessions = SessionCache.ofThisJvm()::open;
    Gauge<Long> offHeapBytes = EngineMetrics::offHeapBytes;
    registry.register(ROWS, rows);
    registry.register(BATCH, batch);
    registry.register(BAD_ROWS, badRows);
    registry.register(SESSIONS, sessions);
    registry.register(OFF_HEAP_BYTES, offHeapBytes);
  }

  private void ran(int samples, long nanos) {
    rows.mark(samples);
    batch.update(nanos, TimeUnit.NANOSECONDS);
  }

  private static long offHeapBytes() {
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
    return Math.max(0, ResidentMemory.ofThisProcess().nowBytes() - heap);
  }

  private static final class Holder {
    static final EngineMetrics THIS_JVM = listening();

    private static EngineMetrics listening() {
      EngineMetrics metrics = new EngineMetrics();
      SessionCache.ofThisJvm().listen(metrics::ran);
      return metrics;
    }
  }
}
