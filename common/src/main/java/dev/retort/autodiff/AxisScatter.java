package dev.retort.autodiff;

import dev.retort.graph.Attribute;
import dev.retort.tensor.ElementType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The inverse of taking places of one axis: puts the slices of a tensor back to where they came
 * from, in zeros.
 */
final class AxisScatter {
  private AxisScatter() {}

  /**
   * For places that are all different.
   *
   * @param tensor its axis has as many slices as there are places
   * @param places an INT64 vector
   * @param size the size of the axis in the result, an INT64 vector of one
   */
  static String assign(
      Emitter e, String tensor, String places, String size, int axis, int rank, ElementType type) {
    return scatter(e, tensor, places, size, axis, rank, type, Map.of());
  }

  /** As {@link #assign}; slices with the same place are summed. */
  static String add(
      Emitter e, String tensor, String places, String size, int axis, int rank, ElementType type) {
    return scatter(
        e, tensor, places, size, axis, rank, type, Map.of("reduction", Attribute.of("add")));
  }

  private static String scatter(
      Emitter e,
      String tensor,
      String places,
      String size,
      int axis,
      int rank,
      ElementType type,
      Map<String, Attribute> reduction) {
    long[] column = new long[rank];
    Arrays.fill(column, 1);
    column[axis] = -1;
    String shape = e.op("Shape", tensor);
    String indices = e.op("Expand", e.reshaped(places, column), shape);
    String before = e.op("Slice", shape, e.ints(0), e.ints(axis), e.ints(0));
    String behind = e.op("Slice", shape, e.ints(axis + 1L), e.ints(rank), e.ints(0));
    String zeros = e.zeros(e.joined(before, size, behind), type);
    Map<String, Attribute> attributes = new HashMap<>(reduction);
    attributes.put("axis", Attribute.of((long) axis));
    return e.op("ScatterElements", attributes, zeros, indices, tensor);
  }
}
