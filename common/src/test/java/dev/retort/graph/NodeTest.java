package dev.retort.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeTest {
  @Test
  void attributesAreInTheOrderOfTheirNamesWhateverMapTheyComeIn() {
    Map<String, Attribute> unordered = new LinkedHashMap<>();
    unordered.put("p", Attribute.of(2L));
    unordered.put("axis", Attribute.of(-1L));

    Node node = Node.of("n", "LpNormalization", List.of("x"), List.of("y"), unordered);

    assertThat(node.attributes().keySet()).containsExactly("axis", "p");
  }
}
