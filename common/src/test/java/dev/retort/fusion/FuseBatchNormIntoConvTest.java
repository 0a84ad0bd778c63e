package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Attribute;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.rewrite.RewriteResult;
import dev.retort.graph.rewrite.Rewriter;
import dev.retort.graph.rewrite.Rule;
import dev.retort.graph.rewrite.RuleEvent;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FuseBatchNormIntoConvTest {
  private static final Rule RULE = new FuseBatchNormIntoConv();
  private static final int CASES = 30;
  private static final RuleCheck CHECK = new RuleCheck(RULE);

  @Test
  void foldsTheBatchNormIntoWeightAndBias() {
    Model model = convAndNorm("w,b").output("z").model();

    RewriteResult result = Rewriter.run(model, List.of(RULE));

    assertThat(result.model().graph().nodes())
        .extracting(Node::toString)
        .containsExactly("z = Conv(x, w, b) [y]");
    assertThat(result.model().graph().initializers()).containsOnlyKeys("w", "b");
    assertThat(result.model().graph().initializers().get("w").toFloats())
        .containsExactly(1f, 1.5f, -6f, -2f);
    assertThat(result.model().graph().initializers().get("b").toFloats())
        .containsExactly(0.5f * (0.5f - 3f) + 1f, -2f * (0.25f - 4f) + 2f);
    assertThat(result.fired())
        .extracting(RuleEvent::reason)
        .containsExactly("z is folded into the weights of y");
  }

  @Test
  void aConvWithoutBiasGetsOne() {
    RewriteResult result = Rewriter.run(convAndNorm("w").output("z").model(), List.of(RULE));

    assertThat(result.model().graph().nodes())
        .extracting(Node::toString)
        .containsExactly("z = Conv(x, w, w_bias) [y]");
    assertThat(result.model().graph().initializers().get("w_bias").toFloats())
        .containsExactly(0.5f * -3f + 1f, -2f * -4f + 2f);
  }

  @Test
  void saysWhyItDoesNotFire() {
    assertThat(CHECK.refusal(convAndNorm("w,b").output("z").output("y")))
        .isEqualTo("the model also returns y");
    assertThat(CHECK.refusal(convAndNorm("w,b").output("z").node("Relu", "y", "r").output("r")))
        .isEqualTo("y is also read by r");
    assertThat(
            CHECK.refusal(
                convAndNorm("w,b").output("z").node("Conv", "x,w", "other").output("other")))
        .isEqualTo("the weight w is shared with another node");
    assertThat(CHECK.refusal(convAndNorm("v,b").input("v", 2, 2, 1, 1).output("z")))
        .isEqualTo("the weight v is not constant");
    assertThat(CHECK.refusal(convAndNorm("w,v").input("v", 2).output("z")))
        .isEqualTo("the bias v is not constant");
    assertThat(CHECK.refusal(convAndNorm("w,b").constant("variance", 1f, -1f).output("z")))
        .isEqualTo("the folded weights would not be finite");
    assertThat(CHECK.refusal(convAndNorm("w,b").constant("mean", 1f, 2f, 3f).output("z")))
        .isEqualTo("its mean mean is FLOAT32[3], must be FLOAT32[2]");
    assertThat(
            CHECK.refusal(
                conv("w,b")
                    .input("v", 2)
                    .node("BatchNormalization", "y,gamma,beta,mean,v", "z")
                    .output("z")))
        .isEqualTo("its variance v is not constant");
    assertThat(
            CHECK.refusal(
                conv("w,b")
                    .node("BatchNormalization", NORM, "z,m,v", "training_mode", Attribute.of(1))
                    .output("z")))
        .isEqualTo("the BatchNormalization is in training mode");
    assertThat(CHECK.refusal(conv("w,b").node("BatchNormalization", NORM, "z,m,v").output("z")))
        .isEqualTo("the BatchNormalization also returns its statistics");
    assertThat(
            CHECK.refusal(
                conv("w,b")
                    .node("BatchNormalization", NORM, "z", "spatial", Attribute.of(0))
                    .output("z")))
        .isEqualTo("the BatchNormalization normalizes each position by itself (spatial = 0)");
  }

  @Test
  void aBatchNormBehindAnotherNodeIsNotThePattern() {
    CHECK.isNotThePattern(
        conv("w,b")
            .node("Relu", "y", "r")
            .node("BatchNormalization", "r,gamma,beta,mean,variance", "z")
            .output("z"));
  }

  @Test
  void outputsStayWithinTheBoundForRandomLayers() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      RandomLayer layer = RandomLayer.conv(random).withBatchNorm(random);
      CHECK.staysWithinBound(layer.graphs().model(), layer.inputs());
    }
  }

  private static final String NORM = "y,gamma,beta,mean,variance";

  private static Graphs convAndNorm(String constants) {
    return conv(constants).node("BatchNormalization", NORM, "z", "epsilon", Attribute.of(0f));
  }

  private static Graphs conv(String constants) {
    return new Graphs()
        .input("x", -1, 2, 3, 3)
        .constant("w", Tensor.ofFloats(Dims.of(2, 2, 1, 1), 2f, 3f, 3f, 1f))
        .constant("b", 0.5f, 0.25f)
        .constant("gamma", 1f, -2f)
        .constant("beta", 1f, 2f)
        .constant("mean", 3f, 4f)
        .constant("variance", 4f, 1f)
        .node("Conv", "x," + constants, "y");
  }
}
