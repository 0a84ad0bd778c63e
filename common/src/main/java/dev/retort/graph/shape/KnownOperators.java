package dev.retort.graph.shape;

import dev.retort.graph.Attribute;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The operators that ONNX defines, from the resource {@code operators.txt}. */
final class KnownOperators {
  private static final Map<String, Operator> ALL = read();

  private KnownOperators() {}

  /**
   * An operator with what any of its versions allows.
   *
   * @param versions the opsets that changed it, ascending
   * @param attributes letters of the allowed types by name
   */
  record Operator(
      List<Long> versions, Count inputs, Count outputs, Map<String, String> attributes) {

    /**
     * Whether the attribute's value has a type that the operator allows; true for unknown names.
     */
    boolean allows(String attribute, Attribute value) {
      String letters = attributes.get(attribute);
      return letters == null || letter(value).isEmpty() || letters.contains(letter(value));
    }

    /** The types that {@code attribute} may have, for messages. */
    String typesOf(String attribute) {
      return attributes
          .getOrDefault(attribute, "")
          .chars()
          .mapToObj(KnownOperators::typeName)
          .collect(Collectors.joining(" or "));
    }
  }

  /** How many inputs or outputs an operator takes. */
  record Count(int least, int most) {
    boolean includes(int number) {
      return number >= least && number <= most;
    }

    @Override
    public String toString() {
      return most == Integer.MAX_VALUE
          ? least + " or more"
          : least == most ? Integer.toString(least) : least + " to " + most;
    }
  }

  static Optional<Operator> of(String domain, String name) {
    return Optional.ofNullable(ALL.get(domain + "::" + name));
  }

  private static String letter(Attribute value) {
    if (value instanceof Attribute.Int) {
      return "i";
    } else if (value instanceof Attribute.Real) {
      return "f";
    } else if (value instanceof Attribute.Text) {
      return "s";
    } else if (value instanceof Attribute.Constant) {
      return "t";
    } else if (value instanceof Attribute.SubGraph) {
      return "g";
    } else if (value instanceof Attribute.Ints) {
      return "I";
    } else if (value instanceof Attribute.Reals) {
      return "F";
    } else if (value instanceof Attribute.Texts) {
      return "S";
    } else {
      return "";
    }
  }

  private static String typeName(int letter) {
    return switch (letter) {
      case 'i' -> "an integer";
      case 'f' -> "a float";
      case 's' -> "a string";
      case 't' -> "a tensor";
      case 'g' -> "a graph";
      case 'p' -> "a sparse tensor";
      case 'y' -> "a type";
      case 'I' -> "a list of integers";
      case 'F' -> "a list of floats";
      case 'S' -> "a list of strings";
      default -> "a list";
    };
  }

  private static Map<String, Operator> read() {
    Map<String, Operator> operators = new HashMap<>();
    String domain = "";
    for (String line : lines()) {
      if (line.startsWith("[")) {
        String name = line.substring(1, line.length() - 1);
        domain = name.equals("ai.onnx") ? "" : name;
      } else if (!line.startsWith("#")) {
        List<String> fields = List.of(line.split(" ", -1));
        operators.put(domain + "::" + fields.get(0), parse(fields));
      }
    }
    return Map.copyOf(operators);
  }

  private static List<String> lines() {
    try (InputStream in = KnownOperators.class.getResourceAsStream("operators.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Operator parse(List<String> fields) {
    List<Long> versions = Arrays.stream(fields.get(1).split(",", -1)).map(Long::valueOf).toList();
    Map<String, String> attributes = new HashMap<>();
    for (String attribute : fields.subList(4, fields.size())) {
      int equals = attribute.indexOf('=');
      attributes.put(attribute.substring(0, equals), attribute.substring(equals + 1));
    }
    return new Operator(
        versions, count(fields.get(2)), count(fields.get(3)), Map.copyOf(attributes));
  }

  private static Count count(String range) {
    int dots = range.indexOf("..");
    String most = range.substring(dots + 2);
    return new Count(
        Integer.parseInt(range.substring(0, dots)),
        most.equals("*") ? Integer.MAX_VALUE : Integer.parseInt(most));
  }
}
