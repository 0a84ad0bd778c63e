package dev.retort.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retort.error.InterruptedRunError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The yardstick for Retort's own overhead: the shortest loop over ONNX Runtime's Java API, with
 * nothing checked, hashed or committed. Its threads share one session, which stays open.
 */
public final class BareLoop {
  private final OnnxSession session;

  /** What one thread does: runs batches until it has none left; gives the samples that it ran. */
  public interface Caller {
    long run() throws Exception;
  }

  /** Takes the bytes of a batch's first output, which are valid during the call. */
  public interface Sink {
    void accept(ByteBuffer output) throws IOException;
  }

  public BareLoop(OnnxSession session) {
    this.session = session;
  }

  /**
   * Samples a second, the batches lying in memory and the outputs being dropped.
   *
   * @param callers how many threads
   * @param samples how many samples are run at least, the batches over and over
   */
  public double samplesPerSecond(List<PreparedBatch> batches, int callers, long samples) {
    List<Caller> loops = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      int from = i * batches.size() / callers;
      loops.add(() -> loop(batches, from, samples / callers));
    }
    return samplesPerSecond(loops);
  }

  /** Samples a second of threads that bring their own batches to {@link #run}. */
  public double samplesPerSecond(List<Caller> callers) {
    ExecutorService threads = Executors.newFixedThreadPool(callers.size());
    try {
      long start = System.nanoTime();
      List<Future<Long>> counts = new ArrayList<>();
      for (Caller caller : callers) {
        Callable<Long> task = caller::run;
        counts.add(threads.submit(task));
      }
      long sum = 0;
      for (Future<Long> count : counts) {
        sum += count.get();
      }
      return sum / ((System.nanoTime() - start) / 1e9);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedRunError("Stopped by a signal; repeat the command", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Runs a batch. */
  public void run(PreparedBatch batch, Sink sink) throws IOException {
    Map<String, OnnxTensor> inputs = batch.tensors();
    try (OrtSession.Result result = session.runTensors(inputs)) {
      sink.accept(((OnnxTensor) result.get(0)).getByteBuffer());
    } catch (OrtException e) {
      throw OrtFailures.of("run model " + session.file() + " in a bare loop", e);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  private long loop(List<PreparedBatch> batches, int from, long samples) throws IOException {
    long count = 0;
    for (int i = from; count < samples; i++) {
      PreparedBatch batch = batches.get(i % batches.size());
      run(batch, output -> {});
      count += batch.samples();
    }
    return count;
  }
}
