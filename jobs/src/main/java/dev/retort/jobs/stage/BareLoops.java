package dev.retort.jobs.stage;

import dev.retort.data.Padding;
import dev.retort.data.ShardPlan;
import dev.retort.jobs.spark.DatasetReader;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.runtime.BareLoop;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.PreparedBatch;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** ONNX Runtime alone, without Spark, with as many threads as there are task slots. */
final class BareLoops {
  private static final long PREPARED_BYTES = 64L << 20;

  private final Run run;
  private final OnnxSession session;
  private final StoredDataset data;
  private final ShardPlan plan;

  BareLoops(Run run, OnnxSession session, StoredDataset data, ShardPlan plan) {
    this.run = run;
    this.session = session;
    this.data = data;
    this.plan = plan;
  }

  /**
   * The ways without Spark.
   *
   * @param repeated runs a pass as often as the user wants, and gives the last figure
   */
  List<BenchResult.Way> execute(int batch, ToDoubleFunction<DoubleSupplier> repeated) {
    Padding padding = run.recipe().data().padding();
    List<BenchResult.Way> ways = new ArrayList<>();
    List<PreparedBatch> batches = prepared(padding, batch);
    ways.add(
        BenchResult.Way.of(BenchResult.LIMIT, repeated.applyAsDouble(() -> inMemory(batches))));
    ways.add(
        BenchResult.Way.of(
            "the same, reading shards and writing outputs",
            repeated.applyAsDouble(() -> fromFiles(padding, batch))));
    if (data.descriptor().schema().text().isPresent() && padding == Padding.LONGEST) {
      List<PreparedBatch> padded = prepared(Padding.MAX_LENGTH, PandasPeer.BATCH);
      ways.add(
          BenchResult.Way.of(BenchResult.AS_PEERS, repeated.applyAsDouble(() -> inMemory(padded))));
    }
    return ways;
  }

  private double inMemory(List<PreparedBatch> batches) {
    return new BareLoop(session).samplesPerSecond(batches, run.slots(), plan.samples());
  }

  private List<PreparedBatch> prepared(Padding padding, int batch) {
    List<PreparedBatch> batches = new ArrayList<>();
    long bytes = 0;
    try (DatasetReader reader = new DatasetReader(data)) {
      for (int shard = 0; shard < plan.shards() && bytes < PREPARED_BYTES; shard++) {
        List<PreparedBatch> more = PreparedBatch.of(session, reader.read(shard), padding, batch);
        bytes += more.stream().mapToLong(PreparedBatch::byteLength).sum();
        batches.addAll(more);
      }
    }
    return batches;
  }

  private double fromFiles(Padding padding, int batch) {
    AtomicInteger next = new AtomicInteger();
    List<BareLoop.Caller> callers = new ArrayList<>();
    for (int i = 0; i < run.slots(); i++) {
      callers.add(() -> fromFiles(next, padding, batch));
    }
    return new BareLoop(session).samplesPerSecond(callers);
  }

  private long fromFiles(AtomicInteger next, Padding padding, int batch) throws IOException {
    Path file = Files.createTempFile("retort-bench", ".bin");
    BareLoop loop = new BareLoop(session);
    long samples = 0;
    try (DatasetReader reader = new DatasetReader(data);
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int shard = next.getAndIncrement();
          shard < plan.shards();
          shard = next.getAndIncrement()) {
        for (PreparedBatch ready : PreparedBatch.of(session, reader.read(shard), padding, batch)) {
          loop.run(ready, out::write);
          samples += ready.samples();
        }
      }
      return samples;
    } finally {
      Files.delete(file);
    }
  }
}
