package dev.retort.graph.shape;

import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Matrix products: {@code [..., M, K] x [..., K, N] -> [..., M, N]}. */
final class LinearShapes {
  static final Map<String, ShapeRule> RULES =
      Map.ofEntries(
          Map.entry("MatMul", scope -> product(scope, 0, 1, scope.type(0))),
          Map.entry("MatMulInteger", scope -> product(scope, 0, 1, Optional.of(ElementType.INT32))),
          Map.entry("QLinearMatMul", scope -> product(scope, 0, 3, scope.type(7))),
          Map.entry(
              "com.microsoft::MatMulIntegerToFloat", scope -> product(scope, 0, 1, scope.type(2))),
          Map.entry(
              "com.microsoft::DynamicQuantizeMatMul", scope -> product(scope, 0, 1, scope.type(0))),
          Map.entry("com.microsoft::FusedGemm", LinearShapes::gemm),
          Map.entry("Gemm", LinearShapes::gemm));

  private LinearShapes() {}

  private static List<TensorFact> product(
      NodeScope scope, int a, int b, Optional<ElementType> type) {
    Optional<Shape> left = scope.shapeOfRank(a, 1);
    Optional<Shape> right = scope.shapeOfRank(b, 1);
    return List.of(TensorFact.of(type, left.flatMap(l -> right.map(r -> productShape(l, r)))));
  }

  static Shape productShape(Shape left, Shape right) {
    boolean row = left.rank() == 1;
    boolean column = right.rank() == 1;
    Shape a = row ? Shape.of(Extent.ONE).followedBy(left) : left;
    Shape b = column ? right.followedBy(Extent.ONE) : right;
    requireSame(a.at(a.rank() - 1), b.at(b.rank() - 2));
    Shape outer = a.slice(0, a.rank() - 2).broadcast(b.slice(0, b.rank() - 2));
    Shape rows = row ? outer : outer.followedBy(a.at(a.rank() - 2));
    return column ? rows : rows.followedBy(b.at(b.rank() - 1));
  }

  private static void requireSame(Extent depth, Extent rows) {
    if (depth.fixed().isPresent() && rows.fixed().isPresent() && !depth.equals(rows)) {
      throw new Malformed("the number of rows of the second matrix", rows, depth.toString());
    }
  }

  private static List<TensorFact> gemm(NodeScope scope) {
    Node node = scope.node();
    Optional<Shape> a = scope.shape(0);
    Optional<Shape> b = scope.shape(1);
    if (a.isEmpty() || b.isEmpty()) {
      return List.of(TensorFact.of(scope.type(0), Optional.of(Shape.unknown(2))));
    }
    requireMatrix(a.get(), 0);
    requireMatrix(b.get(), 1);
    boolean leftTurned = node.intAttribute("transA", 0) != 0;
    boolean rightTurned = node.intAttribute("transB", 0) != 0;
    requireSame(a.get().at(leftTurned ? 0 : 1), b.get().at(rightTurned ? 1 : 0));
    Shape shape = Shape.of(a.get().at(leftTurned ? 1 : 0), b.get().at(rightTurned ? 0 : 1));
    return List.of(TensorFact.of(scope.type(0), Optional.of(shape)));
  }

  private static void requireMatrix(Shape shape, int input) {
    if (shape.rank() != 2) {
      throw new Malformed("the rank of input " + input, shape.rank(), "2");
    }
  }
}
