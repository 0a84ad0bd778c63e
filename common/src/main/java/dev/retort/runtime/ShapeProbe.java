package dev.retort.runtime;

import dev.retort.error.UnsupportedModelError;
import dev.retort.graph.Dim;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import dev.retort.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds which outputs grow with the batch: from the model's own statement where that is enough,
 * otherwise by a run with one sample and one with two.
 */
final class ShapeProbe {
  private ShapeProbe() {}

  static List<OutputShape> shapes(OnnxSession session, Map<String, Dims> sampleDims) {
    Map<String, Long> sizes = sizes(session, sampleDims);
    List<OutputShape> stated = new ArrayList<>();
    for (TensorPort output : session.outputs()) {
      stated(session, output, sizes).ifPresent(stated::add);
    }
    return stated.size() == session.outputs().size() ? stated : probed(session, sampleDims);
  }

  private static Optional<OutputShape> stated(
      OnnxSession session, TensorPort output, Map<String, Long> sizes) {
    List<Dim> dims = output.dims();
    if (dims.isEmpty() || !isBatchAxis(session, dims.get(0))) {
      return Optional.empty();
    }
    long[] rest = new long[dims.size() - 1];
    for (int axis = 1; axis < dims.size(); axis++) {
      OptionalLong size = size(dims.get(axis), sizes);
      if (size.isEmpty()) {
        return Optional.empty();
      }
      rest[axis - 1] = size.getAsLong();
    }
    return Optional.of(new OutputShape(output, true, Dims.of(rest)));
  }

  private static OptionalLong size(Dim dim, Map<String, Long> sizes) {
    if (dim instanceof Dim.Fixed fixed) {
      return OptionalLong.of(fixed.size());
    }
    return dim instanceof Dim.Symbolic symbol && sizes.containsKey(symbol.name())
        ? OptionalLong.of(sizes.get(symbol.name()))
        : OptionalLong.empty();
  }

  /** The sizes that the samples give to the symbols of the inputs behind the batch axis. */
  private static Map<String, Long> sizes(OnnxSession session, Map<String, Dims> sampleDims) {
    Map<String, Long> sizes = new HashMap<>();
    for (TensorPort input : session.inputs()) {
      for (int axis = 1; axis < input.dims().size(); axis++) {
        if (input.dims().get(axis) instanceof Dim.Symbolic symbol) {
          sizes.put(symbol.name(), sampleDims.get(input.name()).size(axis - 1));
        }
      }
    }
    return sizes;
  }

  private static boolean isBatchAxis(OnnxSession session, Dim dim) {
    return dim instanceof Dim.Symbolic
        && session.inputs().stream()
            .allMatch(input -> !input.dims().isEmpty() && input.dims().get(0).equals(dim));
  }

  private static List<OutputShape> probed(OnnxSession session, Map<String, Dims> sampleDims) {
    long fixed = session.inputs().stream().mapToLong(TensorPort::fixedBatch).max().orElse(0);
    int one = fixed > 0 ? Math.toIntExact(fixed) : 1;
    Map<String, Tensor> first = session.run(zeros(session, sampleDims, one));
    Map<String, Tensor> second =
        fixed > 0 ? first : session.run(zeros(session, sampleDims, 2 * one));
    List<OutputShape> shapes = new ArrayList<>();
    for (TensorPort output : session.outputs()) {
      long[] single = first.get(output.name()).dims().toArray();
      long[] pair = second.get(output.name()).dims().toArray();
      shapes.add(
          fixed > 0 ? fixedBatch(output, single, fixed) : compare(session, output, single, pair));
    }
    return shapes;
  }

  private static OutputShape fixedBatch(TensorPort output, long[] shape, long batch) {
    boolean batched = shape.length > 0 && shape[0] == batch;
    return new OutputShape(output, batched, batched ? OutputShape.rest(shape) : Dims.of(shape));
  }

  private static OutputShape compare(
      OnnxSession session, TensorPort output, long[] single, long[] pair) {
    if (Arrays.equals(single, pair)) {
      return new OutputShape(output, false, Dims.of(single));
    }
    boolean growsInFirst =
        single.length == pair.length
            && single.length > 0
            && single[0] == 1
            && pair[0] == 2
            && OutputShape.rest(single).equals(OutputShape.rest(pair));
    if (!growsInFirst) {
      throw new UnsupportedModelError(
          "Cannot run model %s in batches: output %s is %s for one sample and %s for two, must grow from 1 to 2 in its first axis alone"
              .formatted(session.file(), output.name(), Dims.of(single), Dims.of(pair)));
    }
    return new OutputShape(output, true, OutputShape.rest(single));
  }

  static Map<String, SampleBlock> zeros(
      OnnxSession session, Map<String, Dims> sampleDims, int samples) {
    Map<String, SampleBlock> zeros = new LinkedHashMap<>();
    for (TensorPort port : session.inputs()) {
      Dims dims = sampleDims.get(port.name());
      long bytes = port.type().byteLength(Math.multiplyExact(dims.elementCount(), (long) samples));
      zeros.put(
          port.name(),
          new SampleBlock(
              port.type(), dims, samples, AlignedBuffers.allocate(Math.toIntExact(bytes))));
    }
    return zeros;
  }
}
