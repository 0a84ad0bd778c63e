package dev.retort.graph.shape;

import dev.retort.graph.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;

/**
 * How a kernel slides over the spatial axes of an input {@code [N, C, D1, ...]}: the attributes
 * that convolutions and pools share, with their ranges checked.
 *
 * <p>With effective kernel {@code e = (k - 1) d + 1} the output has {@code floor((D + p - e)/s) +
 * 1} places on an axis, or the ceiling of the quotient for pools with {@code ceil_mode}.
 *
 * @param kernel its size on each axis
 * @param strides steps, 1 or more
 * @param dilations distances of taps, 1 or more
 * @param pads places added before each axis, then those after each axis
 * @param autoPad {@code NOTSET}, {@code VALID}, {@code SAME_UPPER} or {@code SAME_LOWER}
 */
record Windows(
    List<Extent> kernel,
    List<Long> strides,
    List<Long> dilations,
    List<Long> pads,
    String autoPad) {
  /** No kernel, stride, dilation or pad of a real model is larger. */
  static final long MOST = 1L << 20;

  /** The windows of {@code node}, for {@code kernel}'s number of spatial axes. */
  static Windows of(Node node, List<Extent> kernel) {
    int axes = kernel.size();
    List<Long> strides = list(node, "strides", axes, 1, 1);
    List<Long> dilations = list(node, "dilations", axes, 1, 1);
    List<Long> pads = list(node, "pads", 2 * axes, 0, 0);
    String autoPad = node.textAttribute("auto_pad", "NOTSET");
    if (!List.of("NOTSET", "", "VALID", "SAME_UPPER", "SAME_LOWER").contains(autoPad)) {
      throw new Malformed("auto_pad", autoPad, "NOTSET, VALID, SAME_UPPER or SAME_LOWER");
    }
    for (Extent size : kernel) {
      inRange("kernel_shape", size.fixed(), 1);
    }
    return new Windows(kernel, strides, dilations, pads, autoPad);
  }

  /** The kernel that the attribute {@code kernel_shape} states, for pools. */
  static List<Extent> statedKernel(Node node, int axes) {
    List<Long> stated = node.intsAttribute("kernel_shape", List.of());
    requireLength("kernel_shape", stated, axes);
    return stated.stream().map(Extent::of).toList();
  }

  static List<Long> list(Node node, String name, int length, long absent, long least) {
    List<Long> values = node.intsAttribute(name, Collections.nCopies(length, absent));
    requireLength(name, values, length);
    values.forEach(value -> inRange(name, OptionalLong.of(value), least));
    return values;
  }

  private static void requireLength(String name, List<Long> values, int length) {
    if (values.size() != length) {
      throw new Malformed(name, values, "a list of " + length);
    }
  }

  private static void inRange(String name, OptionalLong value, long least) {
    if (value.isPresent() && (value.getAsLong() < least || value.getAsLong() > MOST)) {
      throw new Malformed(name, value.getAsLong(), least + " to " + MOST);
    }
  }

  /** The output's spatial extents for the input's; {@code roundUp} is ceil_mode. */
  List<Extent> over(List<Extent> input, boolean roundUp) {
    List<Extent> output = new ArrayList<>();
    for (int axis = 0; axis < input.size(); axis++) {
      output.add(
          autoPad.startsWith("SAME")
              ? input.get(axis).ceilDiv(strides.get(axis))
              : explicit(input.get(axis), axis, roundUp));
    }
    return output;
  }

  private Extent explicit(Extent input, int axis, boolean roundUp) {
    Extent padded = padded(input, axis);
    Extent effective = effectiveKernel(axis);
    Extent room = padded.minus(effective);
    if (room.fixed().isPresent() && room.fixed().getAsLong() < 0) {
      throw new Malformed(
          "kernel_shape with dilations",
          effective + " places on spatial axis " + axis,
          "at most the padded input's " + padded);
    }
    long stride = strides.get(axis);
    return roundUp ? roundedUp(input, room, axis) : room.floorDiv(stride).plus(1);
  }

  /** A last window that would start in the padding behind the input is left out. */
  private Extent roundedUp(Extent input, Extent room, int axis) {
    long stride = strides.get(axis);
    Extent windows = room.ceilDiv(stride).plus(1);
    Extent lastStart = windows.plus(-1).times(stride);
    OptionalLong beyond = lastStart.minus(input.plus(pads.get(axis))).fixed();
    if (beyond.isEmpty()) {
      return Extent.UNKNOWN;
    }
    return beyond.getAsLong() >= 0 ? windows.plus(-1) : windows;
  }

  private Extent padded(Extent input, int axis) {
    boolean valid = autoPad.equals("VALID");
    long added = valid ? 0 : Math.addExact(pads.get(axis), pads.get(axis + kernel.size()));
    return input.plus(added);
  }

  /** The places that the kernel spans on {@code axis}. */
  Extent effectiveKernel(int axis) {
    return kernel.get(axis).plus(-1).times(dilations.get(axis)).plus(1);
  }
}
