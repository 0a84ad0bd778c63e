package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.rewrite.Rewriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FoldConstantsTest {
  private static final RuleCheck CHECK = new RuleCheck(new FoldConstants());
  private static final int CASES = 20;

  @Test
  void aChainOfConstantsBecomesOneConstant() {
    Model model =
        CHECK.rewritten(
            new Graphs()
                .input("x", -1, 2)
                .constant("a", 1, 2)
                .constant("b", 3, 4)
                .node("Add", "a,b", "c")
                .node("Neg", "c", "d")
                .node("Mul", "x,d", "z")
                .output("z")
                .model());

    assertThat(model.graph().nodes())
        .extracting(Object::toString)
        .containsExactly("z = Mul(x, d) [z]");
    assertThat(model.graph().initializers())
        .containsExactly(Map.entry("d", Tensor.ofFloats(Dims.of(2), -4, -6)));
  }

  @Test
  void sizesThatTheInputsFixBecomeConstants() {
    Model model =
        CHECK.rewritten(
            new Graphs()
                .input("x", -1, 3, 8)
                .constant("one", Tensor.scalar(1))
                .node("Shape", "x", "s")
                .node("Gather", "s,one", "g")
                .node("Cast", "g", "f", "to", Attribute.of(ElementType.FLOAT32.number()))
                .node("Mul", "x,f", "z")
                .output("z")
                .model());

    assertThat(model.graph().nodes())
        .extracting(Object::toString)
        .containsExactly("z = Mul(x, f) [z]");
    assertThat(model.graph().initializers()).containsEntry("f", Tensor.scalar(3f));
  }

  @Test
  void saysWhyItDoesNotFire() {
    Graphs base = new Graphs().input("x", -1, 2).constant("a", 1, 2);
    assertThat(CHECK.refusal(base.node("Neg", "a", "z").output("z")))
        .isEqualTo("the model returns z");
    assertThat(reasonFor("Erf", "a", new Graphs().constant("a", 1, 2)))
        .isEqualTo("no kernel evaluates Erf");
    assertThat(reasonFor("Expand", "a,s", new Graphs().constant("a", 1).longs("s", 1, 20_000)))
        .isEqualTo("the result would be larger than its inputs");
    assertThat(reasonFor("ConstantOfShape", "s", new Graphs().longs("s", 1L << 40, 1L << 40)))
        .isEqualTo("the result would be larger than its inputs");
    assertThat(reasonFor("ConstantOfShape", "s", new Graphs().longs("s", -1)))
        .isEqualTo("a dimension of the result is negative");
    assertThat(reasonFor("Reshape", "a,s", new Graphs().constant("a", 1, 2).longs("s", 3)))
        .isEqualTo("[2] does not fit into [3]");
    assertThat(reasonFor("Squeeze", "a,s", new Graphs().constant("a", 1, 2).longs("s", 0)))
        .isEqualTo("a squeezed axis is not of size 1");
    assertThat(reasonFor("Gather", "a,s", new Graphs().constant("a", 1, 2).longs("s", 2)))
        .isEqualTo("axis 2 is out of range");
    assertThat(reasonFor("Div", "s,t", new Graphs().longs("s", 1).longs("t", 0)))
        .isEqualTo("it divides by zero");
    assertThat(reasonFor("Add", "a,b", new Graphs().constant("a", 1, 2).constant("b", 1, 2, 3)))
        .isEqualTo("[2] and [3] do not broadcast");
    assertThat(reasonFor("Cast", "a", new Graphs().constant("a", 1e10f), "to", Attribute.of(6)))
        .isEqualTo("INT32 has no value 1.0E10");
  }

  @Test
  void aNodeThatReadsAnInputIsNotThePattern() {
    CHECK.isNotThePattern(
        new Graphs().input("x", -1, 2).constant("a", 1, 2).node("Add", "x,a", "z").output("z"));
  }

  @Test
  void aShapeThatTheFileStatesIsNotBelieved() {
    Model model =
        new Graphs()
            .input("x", -1, 2)
            .node(
                new Node(
                    "u",
                    "custom",
                    "Unknown",
                    List.of("x"),
                    List.of("u"),
                    Map.of(),
                    "",
                    Opaque.NONE))
            .node("Shape", "u", "s")
            .node("Reshape", "x,s", "z")
            .output("z")
            .model();
    Graph graph = model.graph();
    ValueInfo stale =
        ValueInfo.of("u", ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of(1), Dim.of(2)));
    Model stated =
        model.withGraph(
            new Graph(
                "g",
                graph.nodes(),
                graph.initializers(),
                graph.inputs(),
                graph.outputs(),
                List.of(stale),
                "",
                Opaque.NONE));

    assertThat(Rewriter.run(stated, List.of(new FoldConstants())).events()).isEmpty();
  }

  @Test
  void arithmeticHasTheBitsOfTheRuntime() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      for (String op : List.of("Add", "Sub", "Mul", "Div")) {
        long[][] dims = broadcastable(random);
        sameBits(op, "a,b", constants(random, dims), ElementType.FLOAT32);
        sameBits(op, "c,d", constants(random, dims), ElementType.FLOAT64);
        sameBits(op, "e,f", constants(random, dims), ElementType.INT64);
        sameBits(op, "g,h", constants(random, dims), ElementType.INT32);
      }
      for (String op : List.of("Neg", "Sqrt", "Reciprocal")) {
        sameBits(op, "a", constants(random, broadcastable(random)), ElementType.FLOAT32);
        sameBits(op, "c", constants(random, broadcastable(random)), ElementType.FLOAT64);
      }
      sameBits("Neg", "e", constants(random, broadcastable(random)), ElementType.INT64);
    }
  }

  @Test
  void castsHaveTheBitsOfTheRuntime() {
    Map<String, ElementType> sources =
        Map.of(
            "a",
            ElementType.FLOAT32,
            "c",
            ElementType.FLOAT64,
            "e",
            ElementType.INT64,
            "g",
            ElementType.INT32);
    List<ElementType> targets =
        List.of(
            ElementType.FLOAT32,
            ElementType.FLOAT64,
            ElementType.FLOAT16,
            ElementType.INT64,
            ElementType.INT32,
            ElementType.INT8,
            ElementType.UINT8,
            ElementType.BOOL);
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      for (String source : sources.keySet().stream().sorted().toList()) {
        for (ElementType to : targets) {
          boolean unsigned = to == ElementType.UINT8 && sources.get(source).isFloat();
          Graphs graphs = constants(random, new long[][] {{3, 2}, {3, 2}});
          String from = unsigned ? "abs" : source;
          sameBits(
              "Cast",
              from,
              unsigned
                  ? graphs.node("Relu", "x", "unread").constant("abs", 0f, 1.5f, 200.9f)
                  : graphs,
              to,
              "to",
              Attribute.of(to.number()));
        }
      }
    }
  }

  @Test
  void layoutsAndSelectionsHaveTheBitsOfTheRuntime() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      int rank = 1 + random.nextInt(4);
      long[] dims = random.ints(rank, 1, 5).asLongStream().toArray();
      List<Long> perm = new ArrayList<>(LongStream.range(0, rank).boxed().toList());
      Collections.shuffle(perm, random);
      int axis = random.nextInt(rank);
      int signed = random.nextBoolean() ? axis : axis - rank;
      long size = dims[axis];
      sameBits("Transpose", "a", data(random, dims), "perm", new Attribute.Ints(perm));
      sameBits("Transpose", "a", data(random, dims));
      sameBits("Reshape", "a,s", data(random, dims).longs("s", -1, size));
      sameBits("Reshape", "a,s", data(random, dims).longs("s", 0, -1));
      sameBits("Flatten", "a", data(random, dims), "axis", Attribute.of(signed));
      sameBits(
          "Unsqueeze",
          "a,s",
          data(random, dims).longs("s", signed < 0 ? signed - 2 : signed, rank + 1));
      sameBits("Squeeze", "a", data(random, dims));
      sameBits("Concat", "a,b,a", data(random, dims), "axis", Attribute.of(signed));
      sameBits(
          "Gather",
          "a,s",
          data(random, dims).constant("s", Tensor.ofLongs(Dims.of(2, 1), -size, size - 1)),
          "axis",
          Attribute.of(signed));
      long step = (1 + random.nextInt(3)) * (random.nextBoolean() ? 1L : -1L);
      sameBits(
          "Slice",
          "a,from,to,axes,step",
          data(random, dims)
              .longs("from", random.nextInt(9) - 4)
              .longs("to", random.nextBoolean() ? random.nextInt(9) - 4 : step * Long.MAX_VALUE)
              .longs("axes", signed)
              .longs("step", step));
      long[] wider = dims.clone();
      wider[axis] = size == 1 ? 3 : size;
      sameBits("Expand", "a,s", data(random, dims).longs("s", wider));
      sameBits("Shape", "a", data(random, dims), ElementType.INT64);
      sameBits("ConstantOfShape", "s", data(random, dims).longs("s", dims));
      sameBits(
          "ConstantOfShape",
          "s",
          data(random, dims).longs("s", dims),
          ElementType.INT64,
          "value",
          Attribute.of(Tensor.ofLongs(Dims.of(1), 7)));
    }
  }

  private static void sameBits(String op, String inputs, Graphs graphs, Object... attributes) {
    sameBits(op, inputs, graphs, ElementType.FLOAT32, attributes);
  }

  /** The folded constant, copied to the output by a node, against the runtime's own result. */
  private static void sameBits(
      String op, String inputs, Graphs graphs, ElementType type, Object... attributes) {
    Model model =
        graphs
            .node(op, inputs, "y", attributes)
            .node("Identity", "y", "z")
            .output("z", type)
            .model();
    CHECK.keepsBits(model, Map.of("x", Tensor.ofFloats(Dims.of(1), 1)));
  }

  private static String reasonFor(String op, String inputs, Graphs graphs, Object... attributes) {
    return CHECK.refusal(
        graphs.node(op, inputs, "y", attributes).node("Identity", "y", "z").output("z"));
  }

  private static Graphs data(Random random, long... dims) {
    return new Graphs()
        .input("x", 1)
        .constant("a", RandomLayer.floats(random, dims))
        .constant("b", RandomLayer.floats(random, dims));
  }

  private static long[][] broadcastable(Random random) {
    long[] full = random.ints(1 + random.nextInt(4), 1, 5).asLongStream().toArray();
    long[] part = Arrays.copyOfRange(full, random.nextInt(full.length), full.length);
    for (int i = 0; i < part.length; i++) {
      part[i] = random.nextInt(3) == 0 ? 1 : part[i];
    }
    return random.nextBoolean() ? new long[][] {full, part} : new long[][] {part, full};
  }

  /** Pairs of constants: a, b floats; c, d doubles; e, f longs; g, h ints. */
  private static Graphs constants(Random random, long[][] dims) {
    Graphs graphs = new Graphs().input("x", 1);
    String names = "abcdefgh";
    for (int i = 0; i < names.length(); i++) {
      Dims shape = Dims.of(dims[i % 2]);
      int count = (int) shape.elementCount();
      Tensor tensor =
          switch (i / 2) {
            case 0 -> scaled(RandomLayer.floats(random, shape.toArray()));
            case 1 -> doubles(random, shape);
            case 2 -> Tensor.ofLongs(shape, random.ints(count, 1, 100).asLongStream().toArray());
            default -> Tensor.ofInts(shape, random.ints(count, 1, 100).toArray());
          };
      graphs.constant(names.substring(i, i + 1), tensor);
    }
    return graphs;
  }

  private static Tensor scaled(Tensor tensor) {
    float[] values = tensor.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 30;
    }
    return Tensor.ofFloats(tensor.dims(), values);
  }

  private static Tensor doubles(Random random, Dims dims) {
    int count = (int) dims.elementCount();
    ByteBuffer bytes = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      bytes.putDouble(30 * random.nextGaussian());
    }
    return Tensor.of(ElementType.FLOAT64, dims, bytes.flip());
  }
}
