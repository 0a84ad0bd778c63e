package dev.retort.jobs.spark;

import dev.retort.data.Padding;
import dev.retort.data.Shard;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.runtime.BatchConsumer;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.SessionCache;
import dev.retort.runtime.SessionSettings;
import dev.retort.runtime.ShardInference;
import dev.retort.tensor.SampleBlock;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/**
 * How a model is run on executors. The batch and the threads are part of what fixes the bits.
 *
 * @param model the model's file
 * @param work what opens the file system that the model is on
 * @param batch samples a run
 * @param threads threads a run
 * @param padding how long the texts of a batch are made; changes nothing where there are none
 */
public record Inference(StoredModel model, WorkRoot work, int batch, int threads, Padding padding)
    implements Serializable {

  /** Takes this executor's session of the model, which all of its tasks share. */
  public Lease acquire(List<String> outputs) {
    return lease(session -> outputs);
  }

  /** As {@link #acquire}, for the first output alone: the logits of a classifier. */
  public Lease acquireFirstOutput() {
    return lease(session -> session.outputNames().subList(0, 1));
  }

  private Lease lease(Function<OnnxSession, List<String>> outputs) {
    SessionCache.Lease session = session();
    try {
      return new Lease(
          session, session.inference(batch, outputs.apply(session.session())), padding);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Sessions of models that no task uses make room for a new one: memory holds one stage's. */
  private SessionCache.Lease session() {
    Path file = ModelFiles.local(model.uri(), model.sha256(), work.hadoop());
    SessionSettings settings = SessionSettings.standard().withThreads(threads);
    SessionCache cache = SessionCache.ofThisJvm();
    if (!cache.holds(model.sha256())) {
      cache.evictIdle();
    }
    return cache.acquire(model.sha256(), file, settings);
  }

  /** The right to use the session until it is closed; for one thread. */
  public record Lease(SessionCache.Lease session, ShardInference inference, Padding padding)
      implements AutoCloseable {

    /** Runs {@code shard} and gives the outputs of each batch to {@code consumer}. */
    public void run(Shard shard, BatchConsumer consumer) {
      inference.run(shard, padding, consumer);
    }

    /** Runs {@code shard}; the first output of all its samples in stored order. */
    public SampleBlock first(Shard shard) {
      return inference.collect(shard, padding).values().iterator().next();
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
