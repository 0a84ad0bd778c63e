package dev.retort.training;

import java.util.List;
import java.util.function.Consumer;

/** One parameter in an optimizer's step, as its chunks in order. */
final class ChunkedTensor {
  private final Chunk chunk;
  private final ParameterBuffer weights;
  private final ParameterBuffer gradients;
  private final List<ParameterBuffer> moments;
  private int parameter;

  ChunkedTensor(
      Chunk chunk,
      ParameterBuffer weights,
      ParameterBuffer gradients,
      List<ParameterBuffer> moments) {
    this.chunk = chunk;
    this.weights = weights;
    this.gradients = gradients;
    this.moments = moments;
  }

  /** Turns to the parameter at {@code index} of the layout. */
  void select(int index) {
    parameter = index;
  }

  DecayGroup group() {
    return selected().group();
  }

  /** Runs {@code update} over each chunk and keeps what it changes, but for gradients. */
  void update(Consumer<Chunk> update) {
    int first = weights.layout().offset(parameter);
    int size = selected().size();
    for (int done = 0; done < size; done += Chunk.VALUES) {
      chunk.load(weights, gradients, moments, first + done, Math.min(Chunk.VALUES, size - done));
      update.accept(chunk);
      chunk.store(weights, moments, first + done);
    }
  }

  private Parameter selected() {
    return weights.layout().parameters().get(parameter);
  }
}
