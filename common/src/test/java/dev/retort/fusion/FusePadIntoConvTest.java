package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FusePadIntoConvTest {
  private static final RuleCheck CHECK = new RuleCheck(new FusePadIntoConv());
  private static final int CASES = 30;

  @Test
  void theWidthsAreAddedToThePadsOfTheConv() {
    Model fused =
        CHECK.rewritten(
            pad("x,pads", 0, 0, 1, 2, 0, 0, 3, 4)
                .node("Conv", "p,w", "y", "pads", Attribute.ofInts(1, 1, 0, 0))
                .output("y")
                .model());

    Node conv = fused.graph().nodes().get(0);
    assertThat(conv).hasToString("y = Conv(x, w) [y]");
    assertThat(conv.intsAttribute("pads", List.of())).containsExactly(2L, 3L, 3L, 4L);
  }

  @Test
  void aConvThatDoesNotPadGetsPads() {
    Model fused =
        CHECK.rewritten(
            pad("x,pads,zero", 0, 0, 1, 2, 0, 0, 3, 4)
                .node("Conv", "p,w", "y", "auto_pad", Attribute.of("VALID"))
                .output("y")
                .model());

    Node conv = fused.graph().nodes().get(0);
    assertThat(conv.intsAttribute("pads", List.of())).containsExactly(1L, 2L, 3L, 4L);
    assertThat(conv.textAttribute("auto_pad", "")).isEqualTo("NOTSET");
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(refusal(pad("x,pads", 0, 1, 0, 0, 0, 0, 0, 0)))
        .isEqualTo("the Pad widens axis 1, which is not spatial");
    assertThat(refusal(pad("x,pads", 0, 0, 1, 1, 0, 0, 1, -2)))
        .isEqualTo("the Pad crops axis 3 by 2");
    assertThat(
            CHECK.refusal(
                pad("x,pads", 0, 0, 1, 0, 0, 1)
                    .node("Conv", "p,w", "y", "pads", Attribute.ofInts(0, 0, 0, 0))
                    .output("y")))
        .isEqualTo("the Pad has 3 axes, which the Conv has not");
    assertThat(refusal(pad("x,pads,one", 0, 0, 1, 1, 0, 0, 1, 1)))
        .isEqualTo("the Pad's value is not the constant 0");
    assertThat(refusal(pad("x,pads,,axes", 1, 1, 1, 1))).isEqualTo("the Pad names its axes");
    assertThat(refusal(pad("x,given").input("given", ElementType.INT64, 8)))
        .isEqualTo("the widths given of the Pad are not constant");
    assertThat(refusal(pad("x,pads", 0, 0, 1, 1, 0, 0, 1, 1).output("p")))
        .isEqualTo("the model also returns p");
    assertThat(
            CHECK.refusal(
                pad("x,pads", 0, 0, 1, 1, 0, 0, 1, 1)
                    .node("Conv", "p,w", "y", "auto_pad", Attribute.of("SAME_UPPER"))
                    .output("y")))
        .isEqualTo("the Conv pads by auto_pad = SAME_UPPER");
    assertThat(
            refusal(
                base(0, 0, 1, 1, 0, 0, 1, 1)
                    .node("Pad", "x,pads", "p", "mode", Attribute.of("reflect"))))
        .isEqualTo("the Pad is of mode reflect, must be constant");
  }

  @Test
  void outputsStayWithinTheBoundForRandomPads() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      long[] widths = random.ints(8, 0, 4).asLongStream().toArray();
      widths[0] = widths[1] = widths[4] = widths[5] = 0;
      long stride = 1L + random.nextInt(3);
      Graphs graphs =
          pad(random.nextBoolean() ? "x,pads" : "x,pads,zero", widths)
              .constant("w", RandomLayer.floats(random, 4, 3, 2, 3))
              .node(
                  "Conv",
                  "p,w",
                  "y",
                  "strides",
                  Attribute.ofInts(stride, 1),
                  "dilations",
                  Attribute.ofInts(1, stride),
                  "pads",
                  Attribute.ofInts(random.ints(4, 0, 3).asLongStream().toArray()))
              .output("y");
      CHECK.staysWithinBound(graphs.model(), Map.of("x", RandomLayer.floats(random, 2, 3, 7, 8)));
    }
  }

  private static String refusal(Graphs graphs) {
    return CHECK.refusal(graphs.node("Conv", "p,w", "y").output("y"));
  }

  private static Graphs pad(String inputs, long... widths) {
    return base(widths).node("Pad", inputs, "p");
  }

  private static Graphs base(long... widths) {
    return new Graphs()
        .input("x", -1, 3, 7, 8)
        .longs("pads", widths)
        .longs("axes", 2, 3)
        .constant("zero", Tensor.scalar(0f))
        .constant("one", Tensor.scalar(1f))
        .constant("w", Tensor.ofFloats(Dims.of(1, 3, 1, 1), 1, 2, 3));
  }
}
