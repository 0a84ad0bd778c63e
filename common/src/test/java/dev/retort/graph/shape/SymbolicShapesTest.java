package dev.retort.graph.shape;

import static dev.retort.graph.shape.Models.longs;
import static dev.retort.graph.shape.Models.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Node;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rules on symbolic axes, and the attributes that operators had before they became inputs. */
class SymbolicShapesTest {
  private static final List<Dim> IMAGE = List.of(Dim.of("N"), Dim.of(3), Dim.of("H"), Dim.of(8));

  @Test
  void axesMayBeAttributes() {
    is("[N, 1, 3, H, 8]", node("Unsqueeze", List.of("x"), "y", "axes", Attribute.ofInts(1)));
    is("[N, 1, H, 1]", node("ReduceMean", List.of("x"), "y", "axes", Attribute.ofInts(1, -1)));
    is(
        "[N, 3, H - 1, 8]",
        node(
            "Slice",
            List.of("x"),
            "y",
            "starts",
            Attribute.ofInts(1),
            "ends",
            Attribute.ofInts(Integer.MAX_VALUE),
            "axes",
            Attribute.ofInts(2)));
    is(
        "[N, 3, H + 3, 10]",
        node("Pad", List.of("x"), "y", "pads", Attribute.ofInts(0, 0, 1, 0, 0, 0, 2, 2)));
    is(
        "[N, 3, H, 2]",
        node("TopK", List.of("x"), "y", "k", Attribute.of(2L), "axis", Attribute.of(3L)));
    is(
        "[N, 3, 2*H, 16]",
        node(
            "Upsample", List.of("x"), "y", "scales", new Attribute.Reals(List.of(1f, 1f, 2f, 2f))));
  }

  @Test
  void elementsAreRearranged() {
    is("[3*H*N, 8]", node("Flatten", List.of("x"), "y", "axis", Attribute.of(3L)));
    is("[24*H*N, 1]", node("Flatten", List.of("x"), "y", "axis", Attribute.of(4L)));
    is("[8, H, 3, N]", node("Transpose", List.of("x"), "y"));
    is("[24*H*N]", Map.of("c", longs(-1)), node("Reshape", List.of("x", "c"), "y"));
    is("[N, 24*H]", Map.of("c", longs(0, -1)), node("Reshape", List.of("x", "c"), "y"));
    is("[2*N, 3, H, 8]", Map.of("c", longs(2, 1, 1, 1)), node("Tile", List.of("x", "c"), "y"));
    is(
        "[N, 12, floor(H/2), 4]",
        node("SpaceToDepth", List.of("x"), "y", "blocksize", Attribute.of(2L)));
  }

  @Test
  void whatTheRuleCannotKnowIsUnknown() {
    is("[...]", node("Squeeze", List.of("x"), "y"));
    is("[?, ?, ?, ?]", shapeOfDataTo("Tile"));
    is("[...]", shapeOfDataTo("Expand"));
    is("[?, ?]", shapeOfDataTo("Reshape"));
  }

  @Test
  void twoOpenSizesStayOpen() {
    is(
        "[?, ?, 4]",
        Map.of("one", longs(-1), "four", longs(4)),
        node("NonZero", List.of("x"), "places"),
        node("Shape", List.of("places"), "shape"),
        node(
            "Slice",
            List.of("shape"),
            "count",
            "starts",
            Attribute.ofInts(1),
            "ends",
            Attribute.ofInts(2)),
        node("Concat", List.of("one", "count", "four"), "all", "axis", Attribute.of(0L)),
        node("Reshape", List.of("x", "all"), "y"));
  }

  @Test
  void partsOfASymbolicAxisAreKnownOnlyWhenStated() {
    Node equal = parts("Split", Map.of("axis", Attribute.of(2L)));
    is("[N, 3, ?, 8]", equal);
    is("[N, 3, 5, 8]", equal.withAttribute("split", Attribute.ofInts(5, 3)));
    is("[N, 3, 2*H, 8]", node("Concat", List.of("x", "x"), "y", "axis", Attribute.of(2L)));
  }

  @Test
  void aRangeOverASymbolIsAsLongAsTheSymbol() {
    is(
        "INT64",
        "[H]",
        Map.of("two", Tensor.scalar(2L), "zero", Tensor.scalar(0L), "one", Tensor.scalar(1L)),
        node("Shape", List.of("x"), "shape"),
        node("Gather", List.of("shape", "two"), "h"),
        node("Range", List.of("zero", "h", "one"), "y"));
  }

  @Test
  void transposedConvolutionsGrow() {
    is(
        "[N, 5, 2*H + 1, 17]",
        Map.of("w", Models.zeros(3, 5, 3, 3)),
        node("ConvTranspose", List.of("x", "w"), "y", "strides", Attribute.ofInts(2, 2)));
    is(
        "[N, 5, 2*H, 16]",
        Map.of("w", Models.zeros(3, 5, 3, 3)),
        node(
            "ConvTranspose",
            List.of("x", "w"),
            "y",
            "strides",
            Attribute.ofInts(2, 2),
            "auto_pad",
            Attribute.of("SAME_UPPER")));
  }

  private static Node[] shapeOfDataTo(String op) {
    return new Node[] {
      node("NonZero", List.of("x"), "places"),
      node("ReduceMax", List.of("places"), "most", "axes", Attribute.ofInts(1)),
      node(
          "Slice",
          List.of("most"),
          "two",
          "starts",
          Attribute.ofInts(0),
          "ends",
          Attribute.ofInts(2),
          "axes",
          Attribute.ofInts(0)),
      node("Flatten", List.of("two"), "flat", "axis", Attribute.of(0L)),
      node("Squeeze", List.of("flat"), "shape", "axes", Attribute.ofInts(0)),
      node(op, List.of("x", "shape"), "y")
    };
  }

  private static Node parts(String op, Map<String, Attribute> attributes) {
    return Node.of("parts", op, List.of("x"), List.of("y", "z"), attributes);
  }

  private static void is(String shape, Node... nodes) {
    is(shape, Map.of(), nodes);
  }

  private static void is(String shape, Map<String, Tensor> constants, Node... nodes) {
    is("FLOAT32", shape, constants, nodes);
  }

  private static void is(String type, String shape, Map<String, Tensor> constants, Node... nodes) {
    assertThat(ShapeInference.infer(Models.of(IMAGE, constants, nodes)).of("y"))
        .map(ValueType.OfTensor::toString)
        .contains(type + shape);
  }
}
