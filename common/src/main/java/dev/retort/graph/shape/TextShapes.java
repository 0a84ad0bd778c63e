package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Node;
import dev.retort.tensor.ElementType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Vectors of counts of n-grams. */
final class TextShapes {
  static final Map<String, ShapeRule> RULES = Map.of("TfIdfVectorizer", TextShapes::counts);

  private TextShapes() {}

  /** {@code [..., tokens] -> [..., 1 + the largest of ngram_indexes]}. */
  private static List<TensorFact> counts(NodeScope scope) {
    Node node = scope.node();
    List<Long> indexes = node.intsAttribute("ngram_indexes", List.of());
    requirePool(node, indexes);
    long largest = indexes.stream().mapToLong(Long::longValue).max().orElse(-1);
    boolean negative = indexes.stream().anyMatch(index -> index < 0);
    if (negative || largest > Windows.MOST) {
      throw new Malformed("ngram_indexes", indexes, "0 to " + Windows.MOST);
    }
    Optional<Shape> shape =
        scope
            .shape(0)
            .filter(s -> s.rank() > 0)
            .map(s -> s.with(s.rank() - 1, Extent.of(largest + 1)));
    return List.of(TensorFact.of(ElementType.FLOAT32, shape));
  }

  /**
   * The pool holds the 1-grams, then the 2-grams and so on; {@code ngram_counts} says where each
   * length begins. ONNX Runtime reads past {@code ngram_indexes} when they do not fit.
   */
  private static void requirePool(Node node, List<Long> indexes) {
    List<Long> starts = node.intsAttribute("ngram_counts", List.of());
    long end = poolSize(node);
    long grams = 0;
    for (int i = 0; i < starts.size(); i++) {
      long next = i + 1 < starts.size() ? starts.get(i + 1) : end;
      long numbers = next - starts.get(i);
      if (starts.get(i) < 0 || next > end || numbers < 0 || numbers % (i + 1) != 0) {
        throw new Malformed("ngram_counts", starts, "ascending starts in a pool of " + end);
      }
      grams += numbers / (i + 1);
    }
    if (grams != indexes.size()) {
      throw new Malformed(
          "ngram_indexes", indexes, "a list of " + grams + ", the n-grams of the pool");
    }
  }

  private static long poolSize(Node node) {
    return node.attributes().get("pool_strings") instanceof Attribute.Texts texts
        ? texts.values().size()
        : node.intsAttribute("pool_int64s", List.of()).size();
  }
}
