package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.provenance.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Changes one attribute of one node of a model at random, or adds one that its operator has. */
final class AttributeMutation {
  private static final long[] INTEGERS = {
    0,
    -1,
    1,
    2,
    3,
    4,
    7,
    16,
    31,
    310,
    386,
    65_536,
    1L << 20,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final float[] FLOATS = {
    0f, -1f, 1e-30f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };
  private static final String[] TEXTS = {
    "", "SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET", "none", "linear", "bidirectional", "\u00e4"
  };

  private final Random random;

  AttributeMutation(Seed seed) {
    random = seed.random();
  }

  /** A mutant of {@code model}; the model itself if none of its nodes has attributes. */
  Model of(Model model) {
    List<Node> nodes = new ArrayList<>(model.graph().nodes());
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      if (!types(nodes.get(i)).isEmpty()) {
        candidates.add(i);
      }
    }
    if (candidates.isEmpty()) {
      return model;
    }
    int chosen = candidates.get(random.nextInt(candidates.size()));
    nodes.set(chosen, mutant(nodes.get(chosen)));
    return model.withGraph(model.graph().withNodes(nodes));
  }

  private static Map<String, String> types(Node node) {
    Map<String, String> types = new TreeMap<>();
    KnownOperators.of(node.domain(), node.opType())
        .ifPresent(operator -> types.putAll(operator.attributes()));
    types.values().removeIf(letters -> !"ifsIFS".contains(letters.substring(0, 1)));
    return types;
  }

  private Node mutant(Node node) {
    Map<String, String> types = types(node);
    List<String> names = new ArrayList<>(types.keySet());
    List<String> present = names.stream().filter(node.attributes()::containsKey).toList();
    List<String> from = present.isEmpty() || random.nextInt(3) == 0 ? names : present;
    String name = from.get(random.nextInt(from.size()));
    return node.withAttribute(name, value(node.attributes().get(name), types.get(name)));
  }

  private Attribute value(Attribute before, String letters) {
    return switch (letters.charAt(0)) {
      case 'i' -> Attribute.of(integer());
      case 'f' -> Attribute.of(FLOATS[random.nextInt(FLOATS.length)]);
      case 's' -> Attribute.of(TEXTS[random.nextInt(TEXTS.length)]);
      case 'F' -> new Attribute.Reals(List.of(FLOATS[random.nextInt(FLOATS.length)]));
      case 'S' -> new Attribute.Texts(List.of(TEXTS[random.nextInt(TEXTS.length)]));
      default -> new Attribute.Ints(integers(before));
    };
  }

  private List<Long> integers(Attribute before) {
    List<Long> values =
        new ArrayList<>(before instanceof Attribute.Ints ints ? ints.values() : List.of(1L, 1L));
    int places = 1 + random.nextInt(2);
    for (int i = 0; i < places && !values.isEmpty(); i++) {
      values.set(random.nextInt(values.size()), integer());
    }
    if (random.nextInt(8) == 0) {
      values.add(integer());
    }
    return values;
  }

  private long integer() {
    return random.nextInt(3) == 0
        ? random.nextInt(64) - 16
        : INTEGERS[random.nextInt(INTEGERS.length)];
  }
}
