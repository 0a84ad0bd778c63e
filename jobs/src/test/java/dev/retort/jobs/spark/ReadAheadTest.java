package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.data.ShardBuffers;
import dev.retort.error.ExitCode;
import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.jobs.SparkTest;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source whose shard 5 is damaged and whose shard 9 never comes. */
@Timeout(60)
class ReadAheadTest {
  private static final int DAMAGED = 5;
  private static final int ENDLESS = 9;
  private static final String DAMAGE = "shard 5 is damaged";

  @TempDir Path work;

  @Test
  void shardsComeInOrderFromTwoSetsOfBuffers() {
    Source source = new Source();
    List<Integer> values = new ArrayList<>();
    List<ByteBuffer> buffers = new ArrayList<>();
    try (ReadAhead<ByteBuffer> ahead = new ReadAhead<>(source, new int[] {3, 4, 6, 7})) {
      for (int shard : new int[] {3, 4, 6, 7}) {
        ByteBuffer value = ahead.next(shard);
        values.add(value.getInt(0));
        buffers.add(value);
      }
    }

    assertThat(values).containsExactly(3, 4, 6, 7);
    assertThat(source.closed).isTrue();
    assertThat(source.together).hasValue(1);
    assertThat(buffers.stream().map(buffer -> buffer.getInt(0)))
        .as("what each of the two sets had last")
        .containsExactly(6, 7, 6, 7);
  }

  @Test
  void theNextShardIsReadMeanwhileAndNoOtherOne() throws Exception {
    Source source = new Source();
    try (ReadAhead<ByteBuffer> ahead = new ReadAhead<>(source, new int[] {0, 1, 2})) {
      ByteBuffer first = ahead.next(0);
      source.awaitRead(1);
      TimeUnit.MILLISECONDS.sleep(50);

      assertThat(source.read).containsExactly(0, 1);
      assertThat(first.getInt(0)).isZero();
      assertThat(source.threads).hasSize(2);
    }
    assertThat(readersLeft()).isEmpty();
  }

  @Test
  void aTaskOfOneShardStartsNoThread() {
    Source source = new Source();
    try (ReadAhead<ByteBuffer> ahead = new ReadAhead<>(source, new int[] {7})) {
      assertThat(ahead.next(7).getInt(0)).isEqualTo(7);
      assertThat(source.threads).containsExactly(Thread.currentThread().getName());
      assertThat(readers()).isEmpty();
    }
    assertThat(source.closed).isTrue();
  }

  @Test
  void whatReadingThrowsIsThrownForItsShard() {
    Source source = new Source();
    try (ReadAhead<ByteBuffer> ahead = new ReadAhead<>(source, new int[] {4, DAMAGED, 6})) {
      assertThat(ahead.next(4).getInt(0)).isEqualTo(4);
      assertThatThrownBy(() -> ahead.next(DAMAGED))
          .isInstanceOf(InfrastructureError.class)
          .hasMessage(DAMAGE);
    }
    assertThat(source.read).doesNotContain(6);
    assertThat(source.closed).isTrue();
    assertThat(readersLeft()).isEmpty();
  }

  @Test
  void anotherOrderIsADefect() {
    try (ReadAhead<ByteBuffer> ahead = new ReadAhead<>(new Source(), new int[] {0, 1})) {
      assertThatThrownBy(() -> ahead.next(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("shard 1 is not the next one of its task");
      assertThat(ahead.next(0).getInt(0)).isZero();
      assertThat(ahead.next(1).getInt(0)).isEqualTo(1);
      assertThatThrownBy(() -> ahead.next(2)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anInterruptedTaskStopsTheReadAndItsThread() {
    Source source = new Source();
    try (ReadAhead<ByteBuffer> ahead = new ReadAhead<>(source, new int[] {8, ENDLESS})) {
      assertThat(ahead.next(8).getInt(0)).isEqualTo(8);
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> ahead.next(ENDLESS))
          .isInstanceOfSatisfying(
              InterruptedRunError.class,
              e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INTERRUPTED))
          .hasMessageStartingWith("Stopped while shard 9 was read; repeat the command");
    }
    assertThat(Thread.interrupted()).as("still told to the caller").isTrue();
    assertThat(source.closed).isTrue();
    assertThat(readersLeft()).isEmpty();
  }

  @Test
  void aReaderThatHeedsNoInterruptionIsWaitedForBeforeItsFileIsClosed() throws Exception {
    Source source = new Source();
    source.heedless = true;
    ReadAhead<ByteBuffer> ahead = new ReadAhead<>(source, new int[] {0, 1});
    assertThat(ahead.next(0).getInt(0)).isZero();
    source.awaitRead(1);

    ahead.close();

    assertThat(source.closedWhileReading).isFalse();
    assertThat(source.closed).isTrue();
    assertThat(readersLeft()).isEmpty();
  }

  @Test
  void aJobTellsTheErrorOfTheReaderAndKeepsWhatWasCommitted() {
    StageStore store = Store.open(WorkRoot.of(work)).open("test", Sha256.of("damaged"));

    assertThatThrownBy(() -> job(store, 8).run(SparkTest.context(), done -> {}))
        .isInstanceOfSatisfying(
            InfrastructureError.class,
            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE))
        .hasMessage(DAMAGE);
    assertThat(store.completed()).isEmpty();
    assertThat(readersLeft()).isEmpty();
  }

  @Test
  void aKilledTaskStopsItsReader() throws Exception {
    StageStore store = Store.open(WorkRoot.of(work)).open("test", Sha256.of("killed"));
    Source.waiting = new CountDownLatch(1);
    JavaSparkContext spark = SparkTest.context();
    Thread killer =
        new Thread(
            () -> {
              try {
                Source.waiting.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              spark.cancelJobGroup("killed");
            });
    killer.start();
    spark.setJobGroup("killed", "a job that is killed", true);
    try {
      assertThatThrownBy(() -> from(ENDLESS - 1, store).run(spark, done -> {}))
          .hasStackTraceContaining("cancelled");
    } finally {
      spark.clearJobGroup();
      killer.join();
    }
    assertThat(readersLeft()).isEmpty();
  }

  private static ShardJob job(StageStore store, int shards) {
    return new ShardJob("Read ahead", store.address(), shards, 1, 1, new Numbers(0));
  }

  private static ShardJob from(int first, StageStore store) {
    return new ShardJob("Read ahead", store.address(), 2, 1, 1, new Numbers(first));
  }

  /** The readers that do not end; a thread's last steps are behind those that can be waited for. */
  private static List<String> readersLeft() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!readers().isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return readers();
  }

  private static List<String> readers() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("read-ahead of "))
        .toList();
  }

  /** The state of a shard is its number and {@code first}, which a source tells. */
  private record Numbers(int first) implements ShardComputation {
    @Override
    public String suffix() {
      return StateWorker.SUFFIX;
    }

    @Override
    public Worker open(int[] shards) {
      int[] numbers = shards.clone();
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] += first;
      }
      ReadAhead<ByteBuffer> source = new ReadAhead<>(new Source(), numbers);
      return new StateWorker() {
        @Override
        protected byte[] state(int shard) {
          return new byte[] {(byte) source.next(shard + first).getInt(0)};
        }

        @Override
        protected int samples(int shard) {
          return 1;
        }

        @Override
        public void close() {
          source.close();
        }
      };
    }
  }

  private static final class Source implements ShardSource<ByteBuffer> {
    private static CountDownLatch waiting = new CountDownLatch(1);

    private final List<Integer> read = Collections.synchronizedList(new ArrayList<>());
    private final NavigableSet<String> threads = new ConcurrentSkipListSet<>();
    private final AtomicInteger reading = new AtomicInteger();
    private final AtomicInteger together = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean closedWhileReading = new AtomicBoolean();
    private volatile boolean heedless;

    @Override
    public ByteBuffer read(int shard, ShardBuffers buffers) {
      together.accumulateAndGet(reading.incrementAndGet(), Math::max);
      try {
        threads.add(Thread.currentThread().getName());
        read.add(shard);
        if (shard == DAMAGED) {
          throw new InfrastructureError(DAMAGE);
        }
        if (shard == ENDLESS) {
          waiting.countDown();
          TimeUnit.HOURS.sleep(1);
        }
        if (heedless && shard > 0) {
          workOn();
        }
        return buffers.take("number", Integer.BYTES).putInt(0, shard);
      } catch (InterruptedException e) {
        throw new InfrastructureError("interrupted", e);
      } finally {
        reading.decrementAndGet();
      }
    }

    private static void workOn() {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }

    void awaitRead(int shard) throws InterruptedException {
      while (!read.contains(shard)) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
    }

    @Override
    public void close() {
      closedWhileReading.set(reading.get() > 0);
      closed.set(true);
    }
  }
}
