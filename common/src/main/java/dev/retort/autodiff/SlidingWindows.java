package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How a kernel slides over the spatial axes of {@code data}: a tensor that is the node's input, or
 * that input padded where the pads depend on its size. Place {@code o} of the output sees the data
 * at {@code o s + k d - begin} for each tap {@code k}.
 *
 * @param data the tensor under the windows
 * @param kernel its size on each spatial axis
 * @param strides s
 * @param dilations d
 * @param begins places of zeros before each axis
 * @param ends places of zeros behind each axis
 * @param pads what was put around the input to make {@code data}; empty if nothing
 */
record SlidingWindows(
    String data,
    List<Long> kernel,
    List<Long> strides,
    List<Long> dilations,
    List<Long> begins,
    List<Long> ends,
    Optional<String> pads) {
  SlidingWindows {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    begins = List.copyOf(begins);
    ends = List.copyOf(ends);
  }

  /** The windows of a Conv or a pool over its first input. */
  static SlidingWindows of(NodeGradient n, List<Long> kernel) {
    Node node = n.node();
    int axes = kernel.size();
    List<Long> ones = Collections.nCopies(axes, 1L);
    List<Long> strides = node.intsAttribute("strides", ones);
    List<Long> dilations = node.intsAttribute("dilations", ones);
    List<Long> zeros = Collections.nCopies(axes, 0L);
    String autoPad = node.textAttribute("auto_pad", "NOTSET");
    SlidingWindows bare =
        new SlidingWindows(n.input(0), kernel, strides, dilations, zeros, zeros, Optional.empty());
    if (autoPad.startsWith("SAME")) {
      return bare.same(n, autoPad.equals("SAME_UPPER"));
    }
    List<Long> pads = node.intsAttribute("pads", Collections.nCopies(2 * axes, 0L));
    return autoPad.equals("VALID")
        ? bare
        : bare.padded(pads.subList(0, axes), pads.subList(axes, 2 * axes));
  }

  int axes() {
    return kernel.size();
  }

  /** The places that the kernel spans on {@code axis}. */
  long span(int axis) {
    return (kernel.get(axis) - 1) * dilations.get(axis) + 1;
  }

  /** Whether no place of the data is under two windows. */
  boolean areDisjoint() {
    return IntStream.range(0, axes()).allMatch(axis -> strides.get(axis) >= span(axis));
  }

  SlidingWindows padded(List<Long> newBegins, List<Long> newEnds) {
    return new SlidingWindows(data, kernel, strides, dilations, newBegins, newEnds, pads);
  }

  /** As many output places as {@code D / s} rounded up; the odd zero goes behind or before. */
  private SlidingWindows same(NodeGradient n, boolean upper) {
    long[] totals = new long[axes()];
    for (int axis = 0; axis < axes(); axis++) {
      long stride = strides.get(axis);
      Optional<Long> size = n.fixedSize(n.input(0), axis + 2);
      if (size.isEmpty() && stride != 1) {
        return sameAtRunTime(n, upper);
      }
      long uncovered =
          size.isEmpty()
              ? span(axis) - 1
              : ((size.get() - 1) / stride) * stride + span(axis) - size.get();
      totals[axis] = Math.max(0, uncovered);
    }
    List<Long> less = LongStream.of(totals).map(t -> t / 2).boxed().toList();
    List<Long> more = LongStream.of(totals).map(t -> t - t / 2).boxed().toList();
    return upper ? padded(less, more) : padded(more, less);
  }

  private SlidingWindows sameAtRunTime(NodeGradient n, boolean upper) {
    Emitter e = n.emit();
    String sizes = e.sizes(data, 2, axes() + 2);
    String steps = e.ints(array(strides));
    long[] spans = IntStream.range(0, axes()).mapToLong(this::span).toArray();
    String whole = e.mul(e.div(e.sub(sizes, e.ints(1)), steps), steps);
    String total = e.op("Max", e.sub(e.add(whole, e.ints(spans)), sizes), e.ints(0));
    String less = e.div(total, e.ints(2));
    String more = e.sub(total, less);
    String unpadded = e.ints(0, 0);
    String around =
        upper ? e.joined(unpadded, less, unpadded, more) : e.joined(unpadded, more, unpadded, less);
    return new SlidingWindows(
        e.op("Pad", data, around), kernel, strides, dilations, begins, ends, Optional.of(around));
  }

  /** The part of the gradient by the data that is the gradient by the node's input. */
  String withoutPads(Emitter e, String gradient) {
    return pads.map(around -> e.op("Pad", gradient, e.op("Neg", around))).orElse(gradient);
  }

  /** The sizes of the data's spatial axes, an INT64 vector. */
  String dataSizes(Emitter e) {
    return pads.isPresent()
        ? e.op("Slice", e.op("Shape", data), e.ints(2), e.ints(axes() + 2L), e.ints(0))
        : e.sizes(data, 2, axes() + 2);
  }

  /** Strides, dilations, and group for a Conv or ConvTranspose to emit. */
  Map<String, Attribute> attributes(long group) {
    return new HashMap<>(
        Map.of(
            "strides", new Attribute.Ints(strides),
            "dilations", new Attribute.Ints(dilations),
            "group", Attribute.of(group)));
  }

  /** The pads as ONNX's attribute has them. */
  Attribute padsAttribute() {
    return Attribute.ofInts(
        LongStream.concat(begins.stream().mapToLong(p -> p), ends.stream().mapToLong(p -> p))
            .toArray());
  }

  static long[] array(List<Long> values) {
    return values.stream().mapToLong(v -> v).toArray();
  }
}
