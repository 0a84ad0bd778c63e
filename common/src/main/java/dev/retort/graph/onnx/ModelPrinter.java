package dev.retort.graph.onnx;

import dev.retort.graph.Attribute;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A model as text for people: one line a value, {@code outputs = Op(inputs) {attributes}},
 * sub-graphs indented. Tensors of up to eight elements show them. Equal models give equal text.
 */
public final class ModelPrinter {
  private static final int SHOWN_ELEMENTS = 8;

  private final StringBuilder text = new StringBuilder();

  private ModelPrinter() {}

  public static String print(Model model) {
    ModelPrinter printer = new ModelPrinter();
    printer.printModel(model);
    return printer.text.toString();
  }

  private void printModel(Model model) {
    String sets =
        model.operatorSets().stream()
            .map(set -> (set.domain().isEmpty() ? "ai.onnx" : set.domain()) + " " + set.version())
            .collect(Collectors.joining(", "));
    line(0, "model: IR version %d, operators %s".formatted(model.irVersion(), sets));
    if (!model.producerName().isEmpty()) {
      line(0, "producer: %s %s".formatted(model.producerName(), model.producerVersion()).strip());
    }
    model.metadata().forEach((key, value) -> line(0, "metadata: %s = %s".formatted(key, value)));
    printGraph(model.graph(), 0);
    model.functions().forEach(this::printFunction);
  }

  private void printGraph(Graph graph, int depth) {
    line(depth, "graph %s(%s)".formatted(graph.name(), values(graph.inputs())));
    graph
        .initializers()
        .forEach((name, tensor) -> line(depth + 1, "%s = %s".formatted(name, tensor(tensor))));
    graph.nodes().forEach(node -> printNode(node, depth + 1));
    line(depth, "returns " + values(graph.outputs()));
  }

  private void printFunction(Function function) {
    String inputs = String.join(", ", function.inputs());
    line(0, "function %s::%s(%s)".formatted(function.domain(), function.name(), inputs));
    function.nodes().forEach(node -> printNode(node, 1));
    line(0, "returns " + String.join(", ", function.outputs()));
  }

  private void printNode(Node node, int depth) {
    String attributes =
        node.attributes().entrySet().stream()
            .filter(entry -> !isGraph(entry.getValue()))
            .map(entry -> entry.getKey() + "=" + attribute(entry.getValue()))
            .collect(Collectors.joining(", "));
    line(depth, node + (attributes.isEmpty() ? "" : " {" + attributes + "}"));
    for (Map.Entry<String, Attribute> entry : node.attributes().entrySet()) {
      graphs(entry.getValue())
          .forEach(
              graph -> {
                line(depth + 1, entry.getKey() + ":");
                printGraph(graph, depth + 2);
              });
    }
  }

  private void line(int depth, String content) {
    text.append("  ".repeat(depth)).append(content).append('\n');
  }

  private static boolean isGraph(Attribute attribute) {
    return attribute instanceof Attribute.SubGraph || attribute instanceof Attribute.SubGraphs;
  }

  private static List<Graph> graphs(Attribute attribute) {
    if (attribute instanceof Attribute.SubGraphs graphs) {
      return graphs.values();
    }
    return attribute instanceof Attribute.SubGraph graph ? List.of(graph.value()) : List.of();
  }

  private static String values(List<ValueInfo> infos) {
    return infos.stream().map(ModelPrinter::value).collect(Collectors.joining(", "));
  }

  private static String value(ValueInfo info) {
    String type = info.type() instanceof ValueType.OfTensor tensor ? tensor.toString() : "?";
    return info.name() + ": " + type;
  }

  private static String attribute(Attribute attribute) {
    if (attribute instanceof Attribute.Int value) {
      return Long.toString(value.value());
    } else if (attribute instanceof Attribute.Real value) {
      return Float.toString(value.value());
    } else if (attribute instanceof Attribute.Text value) {
      return '"' + value.value() + '"';
    } else if (attribute instanceof Attribute.Constant value) {
      return tensor(value.value());
    } else if (attribute instanceof Attribute.Ints values) {
      return values.values().toString();
    } else if (attribute instanceof Attribute.Reals values) {
      return values.values().toString();
    } else if (attribute instanceof Attribute.Texts values) {
      return values.values().toString();
    } else if (attribute instanceof Attribute.Constants values) {
      return values.values().stream().map(ModelPrinter::tensor).toList().toString();
    }
    return attribute instanceof Attribute.Reference reference ? "@" + reference.name() : "...";
  }

  private static String tensor(Tensor tensor) {
    return tensor.elementCount() > SHOWN_ELEMENTS ? tensor.toString() : tensor + elements(tensor);
  }

  private static String elements(Tensor tensor) {
    ElementType type = tensor.type();
    if (type == ElementType.STRING) {
      return " " + tensor.toStrings();
    } else if (type.isFloat() && type != ElementType.BFLOAT16) {
      return " " + Arrays.toString(tensor.toFloats());
    }
    return switch (type) {
      case INT64, INT32, INT16, INT8, UINT64, UINT32, UINT16, UINT8, BOOL ->
          " " + Arrays.toString(tensor.toLongs());
      default -> "";
    };
  }
}
