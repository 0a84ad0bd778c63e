package dev.retort.recipe;

import dev.retort.error.UserError;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads YAML text without trusting it: only scalars, lists and mappings; no anchors, hence no
 * expansion bomb; no tags, hence no Java object; no key twice; bounded length and depth.
 */
final class YamlReader {
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 32;

  private static final Set<Tag> PLAIN_TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MERGE,
          Tag.SEQ,
          Tag.MAP);

  private final String file;
  private final Function<Node, String> places;

  private YamlReader(String file, Function<Node, String> places) {
    this.file = file;
    this.places = places;
  }

  /**
   * The document in {@code text}; {@code file} names it in messages.
   *
   * @throws UserError if it is not such a document
   */
  static Yaml read(String file, String text) {
    return new YamlReader(file, node -> "line " + (node.getStartMark().getLine() + 1)).parse(text);
  }

  /** The value of an override; {@code place} says where it stands. */
  static Yaml readValue(String file, String place, String text) {
    return text.isEmpty()
        ? new Yaml.Scalar("", true, place)
        : new YamlReader(file, node -> place).parse(text);
  }

  private Yaml parse(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    options.setNestingDepthLimit(MAX_DEPTH);
    try {
      Node root =
          new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).compose(new StringReader(text));
      if (root == null) {
        throw UserError.usage(
            "Cannot read the recipe %s: it is empty, must be a mapping of keys; see conf/recipes"
                .formatted(file));
      }
      return value(root, places.apply(root));
    } catch (MarkedYAMLException e) {
      String line =
          e.getProblemMark() == null ? "" : " at line " + (e.getProblemMark().getLine() + 1);
      throw notYaml(line, e.getProblem() == null ? e.getContext() : e.getProblem(), e);
    } catch (YAMLException e) {
      throw notYaml("", e.getMessage(), e);
    }
  }

  private UserError notYaml(String line, String problem, YAMLException cause) {
    return UserError.usage(
        "Cannot read the recipe %s: it is not valid YAML%s: %s; correct its syntax"
            .formatted(file, line, problem),
        cause);
  }

  private Yaml value(Node node, String place) {
    if (node.getAnchor() != null) {
      throw refused(place, "has the anchor &" + node.getAnchor(), "plain values; repeat the value");
    }
    if (!PLAIN_TAGS.contains(node.getTag())) {
      throw refused(place, "has the tag " + node.getTag(), "plain values; remove the tag");
    }
    if (node instanceof ScalarNode scalar) {
      boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
      return new Yaml.Scalar(scalar.getValue(), plain, place);
    }
    if (node instanceof SequenceNode sequence) {
      List<Yaml> items = new ArrayList<>();
      sequence.getValue().forEach(item -> items.add(value(item, places.apply(item))));
      return new Yaml.Sequence(items, place);
    }
    return mapping((MappingNode) node, place);
  }

  private Yaml.Mapping mapping(MappingNode node, String place) {
    Map<String, Yaml> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : node.getValue()) {
      String keyPlace = places.apply(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw refused(keyPlace, "has a key that is a list or mapping", "text keys; name the key");
      }
      Yaml value = value(tuple.getValueNode(), keyPlace);
      if (entries.putIfAbsent(key.getValue(), value) != null) {
        throw refused(
            keyPlace, "has the key " + key.getValue() + " a second time", "unique; remove one");
      }
    }
    return new Yaml.Mapping(entries, place);
  }

  private UserError refused(String place, String what, String must) {
    return UserError.usage(
        "Cannot read the recipe %s: %s %s, must be %s".formatted(file, place, what, must));
  }
}
