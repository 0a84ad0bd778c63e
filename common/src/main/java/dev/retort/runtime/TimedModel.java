package dev.retort.runtime;

import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.util.Arrays;
import java.util.Map;

/** A model with generated inputs of one batch size, whose runs are timed. */
final class TimedModel implements AutoCloseable {
  private final ShardInference inference;
  private final Map<String, SampleBlock> inputs;
  private double[] millis = new double[64];
  private int count;

  TimedModel(OnnxSession session, Map<String, Dims> sampleDims, int batch) {
    this.inference = new ShardInference(session, batch);
    this.inputs = GeneratedInputs.of(session, sampleDims).samples(batch);
  }

  void run(int times) {
    for (int i = 0; i < times; i++) {
      inference.run(inputs, (batch, outputs) -> {});
    }
  }

  /** Runs once to bring the model back into the caches, then {@code times} times counted. */
  void turn(int times) {
    run(1);
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      run(1);
      record((System.nanoTime() - start) / 1e6);
    }
  }

  Quartiles millis() {
    return Quartiles.of(Arrays.copyOf(millis, count));
  }

  private void record(double time) {
    if (count == millis.length) {
      millis = Arrays.copyOf(millis, 2 * count);
    }
    millis[count++] = time;
  }

  @Override
  public void close() {
    inference.close();
  }
}
