package dev.retort.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The yardstick for Retort's own overhead: the shortest loop over ONNX Runtime's Java API, on
 * samples that lie in direct memory, with nothing read, checked or written.
 */
public final class BareLoop {
  private final Path model;
  private final SessionSettings settings;
  private final int callers;
  private final int batch;

  /**
   * A loop of {@code callers} threads that share one session and take batches of {@code batch}
   * samples.
   */
  public BareLoop(Path model, SessionSettings settings, int callers, int batch) {
    this.model = model;
    this.settings = settings;
    this.callers = callers;
    this.batch = batch;
  }

  /**
   * Samples a second.
   *
   * @param samples the one input's samples; those beyond a multiple of the batch are left out
   * @param passes how often each caller runs them all, after one time that does not count
   */
  public double samplesPerSecond(String input, SampleBlock samples, int passes) {
    try (SessionOptions options = settings.toOptions();
        OrtSession session = OrtRuntime.environment().createSession(model.toString(), options)) {
      inParallel(session, input, samples, 1);
      long start = System.nanoTime();
      long count = inParallel(session, input, samples, passes);
      return count / ((System.nanoTime() - start) / 1e9);
    } catch (OrtException e) {
      throw OrtFailures.of("run model " + model + " in a bare loop", e);
    }
  }

  private long inParallel(OrtSession session, String input, SampleBlock samples, int passes)
      throws OrtException {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<Long>> counts = new ArrayList<>();
      Callable<Long> loop = () -> loop(session, input, samples, passes);
      for (int i = 0; i < callers; i++) {
        counts.add(threads.submit(loop));
      }
      long sum = 0;
      for (Future<Long> count : counts) {
        sum += count.get();
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof OrtException cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private long loop(OrtSession session, String input, SampleBlock samples, int passes)
      throws OrtException {
    long count = 0;
    int batchBytes = batch * samples.sampleBytes();
    long[] shape = OutputShape.stacked(batch, samples.sampleDims());
    OnnxJavaType type = OrtTypes.javaType(new TensorPort(input, samples.type(), List.of()));
    for (int pass = 0; pass < passes; pass++) {
      for (int first = 0; first + batch <= samples.samples(); first += batch) {
        ByteBuffer bytes = samples.bytes().slice(first * samples.sampleBytes(), batchBytes);
        try (OnnxTensor tensor =
                OnnxTensor.createTensor(OrtRuntime.environment(), bytes, shape, type);
            OrtSession.Result result = session.run(Map.of(input, tensor))) {
          count += batch * (long) Math.min(1, result.size());
        }
      }
    }
    return count;
  }
}
