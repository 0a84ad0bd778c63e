package dev.retort.graph.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelPrinterTest {
  @Test
  void aModelIsTextOfOneLineAValue() {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("w", Tensor.ofFloats(Dims.of(3, 3), new float[9]));
    constants.put("b", Tensor.ofFloats(Dims.of(2), 1, 0.5f));
    constants.put("n", Tensor.scalar(4L));
    constants.put("s", Tensor.ofStrings(Dims.of(1), "text"));
    constants.put("q", Tensor.of(ElementType.BFLOAT16, Dims.of(1), ByteBuffer.allocate(2)));
    Graph branch =
        Graph.of(
            "branch",
            List.of(Node.of("r", "Relu", List.of("x"), List.of("z"))),
            Map.of(),
            List.of(),
            List.of(info("z")));
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("i", Attribute.of(1));
    attributes.put("f", Attribute.of(0.5f));
    attributes.put("t", Attribute.of("text"));
    attributes.put("c", Attribute.of(Tensor.scalar(2f)));
    attributes.put("is", Attribute.ofInts(1, 2));
    attributes.put("fs", new Attribute.Reals(List.of(1f)));
    attributes.put("ts", new Attribute.Texts(List.of("a")));
    attributes.put("cs", new Attribute.Constants(List.of(Tensor.scalar(3L))));
    attributes.put("ref", new Attribute.Reference("alpha", 1));
    attributes.put("o", new Attribute.Other(Opaque.NONE));
    attributes.put("g", new Attribute.SubGraph(branch));
    attributes.put("gs", new Attribute.SubGraphs(List.of(branch)));
    Node node = Node.of("n0", "Op", List.of("x", "", "w"), List.of("y"), attributes);
    Graph graph =
        Graph.of("main", List.of(node), constants, List.of(info("x")), List.of(untyped()));
    Function function =
        new Function(
            "local",
            "F",
            List.of("a"),
            List.of("b"),
            List.of(Node.of("e", "Elu", List.of("a"), List.of("b"))),
            List.of(),
            Opaque.NONE);
    Model model =
        new Model(
            8,
            List.of(new OperatorSet("", 17), new OperatorSet("local", 1)),
            "test",
            "1",
            graph,
            List.of(function),
            Map.of("key", "value"),
            Opaque.NONE);
    assertThat(ModelPrinter.print(model))
        .isEqualTo(
            """
            model: IR version 8, operators ai.onnx 17, local 1
            producer: test 1
            metadata: key = value
            graph main(x: FLOAT32[N, 3])
              w = FLOAT32[3x3]
              b = FLOAT32[2] [1.0, 0.5]
              n = INT64[] [4]
              s = STRING[1] [text]
              q = BFLOAT16[1]
              y = Op(x, , w) [n0] {c=FLOAT32[] [2.0], cs=[INT64[] [3]], f=0.5, fs=[1.0], i=1, \
            is=[1, 2], o=..., ref=@alpha, t="text", ts=[a]}
                g:
                  graph branch()
                    z = Relu(x) [r]
                  returns z: FLOAT32[N, 3]
                gs:
                  graph branch()
                    z = Relu(x) [r]
                  returns z: FLOAT32[N, 3]
            returns y: ?
            function local::F(a)
              b = Elu(a) [e]
            returns b
            """);
  }

  private static ValueInfo info(String name) {
    return ValueInfo.of(name, ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(3)));
  }

  private static ValueInfo untyped() {
    return ValueInfo.of("y", new ValueType.Other(Opaque.NONE));
  }
}
