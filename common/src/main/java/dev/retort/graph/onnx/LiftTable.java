package dev.retort.graph.onnx;

import static java.util.Map.entry;

import dev.retort.graph.Model;
import dev.retort.graph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The operators of opset 17 and how their older forms become the newest one. Between opset 7 and 17
 * most operators only gained types, negative axes or attributes whose default is the old behaviour;
 * the others have a {@link Lift}.
 */
final class LiftTable {
  /** A lift, and the opset from which on it is not needed. */
  private record Change(long until, Lift lift) {}

  private static final Map<String, Change> CHANGES =
      Map.ofEntries(
          entry("BatchNormalization", new Change(14, new LiftBatchNormalization())),
          entry("Clip", new Change(11, new LiftClip())),
          entry("Dropout", new Change(12, new LiftDropout())),
          entry("Hardmax", new Change(13, new LiftSoftmax())),
          entry("LogSoftmax", new Change(13, new LiftSoftmax())),
          entry("Pad", new Change(11, new LiftPad())),
          entry("ReduceSum", new Change(13, LiftLists.ofAttribute("axes"))),
          entry("Resize", new Change(11, new LiftResize())),
          entry("RoiAlign", new Change(16, new LiftRoiAlign())),
          entry("Scatter", new Change(11, new LiftScatter())),
          entry("Slice", new Change(10, LiftLists.ofAttributes("starts", "ends", "axes"))),
          entry("Softmax", new Change(13, new LiftSoftmax())),
          entry("Split", new Change(13, LiftLists.ofAttribute("split"))),
          entry("Squeeze", new Change(13, LiftLists.ofAttribute("axes"))),
          entry("TopK", new Change(10, new LiftTopK())),
          entry("Unsqueeze", new Change(13, LiftLists.ofAttribute("axes"))),
          entry("Upsample", new Change(10, new LiftUpsample())));

  /** Operators that a newer one took the place of, by the opset that did it. */
  private static final Map<String, Long> REMOVED = Map.of("Scatter", 11L, "Upsample", 10L);

  /** Operators by the opset that they came with. */
  private static final Map<String, Long> FIRST = new HashMap<>();

  static {
    know(
        1,
        """
        Abs Add And ArgMax ArgMin Acos Asin Atan AveragePool BatchNormalization Cast Ceil Clip
        Concat Constant Conv ConvTranspose Cos DepthToSpace Div Dropout Elu Equal Exp Flatten Floor
        GRU Gather Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater HardSigmoid Hardmax
        Identity If InstanceNormalization LRN LSTM LeakyRelu Less Log LogSoftmax Loop
        LpNormalization LpPool MatMul Max MaxPool MaxRoiPool Mean Min Mul Multinomial Neg Not Or
        PRelu Pad Pow RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike Reciprocal
        ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
        ReduceSum ReduceSumSquare Relu Reshape Selu Shape Sigmoid Sin Size Slice Softmax Softplus
        Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum Tan Tanh Tile TopK Transpose Unsqueeze
        Upsample Xor
        """);
    know(8, "Expand");
    know(
        9,
        """
        Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool
        MeanVarianceNormalization NonZero OneHot Scan Scatter Shrink Sign Sinh TfIdfVectorizer Where
        """);
    know(
        10,
        """
        ConvInteger DequantizeLinear IsInf MatMulInteger Mod NonMaxSuppression QLinearConv
        QLinearMatMul QuantizeLinear Resize ReverseSequence RoiAlign StringNormalizer
        ThresholdedRelu
        """);
    know(
        11,
        """
        BitShift ConcatFromSequence CumSum Det DynamicQuantizeLinear GatherElements GatherND Range
        Round ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase
        SequenceInsert SequenceLength SplitToSequence Unique
        """);
    know(
        12,
        """
        Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss
        """);
    know(14, "HardSwish Trilu");
    know(15, "Bernoulli CastLike Optional OptionalGetElement OptionalHasElement");
    know(16, "GridSample");
  }

  private LiftTable() {}

  /**
   * The nodes that stand for {@code node} in opset 17.
   *
   * @throws NotLiftable if there are none
   */
  static List<Node> lift(Node node, LiftContext context) {
    Long first = FIRST.get(node.opType());
    if (first == null) {
      throw new NotLiftable("the operator is not known");
    }
    if (context.opset() < first) {
      throw new NotLiftable(
          "the operator came with opset %d, the model has %d".formatted(first, context.opset()));
    }
    if (context.opset() >= REMOVED.getOrDefault(node.opType(), Model.OPSET)) {
      throw new NotLiftable(
          "the operator ended with opset %d, the model has %d"
              .formatted(REMOVED.get(node.opType()), context.opset()));
    }
    Change change = CHANGES.get(node.opType());
    return change == null || context.opset() >= change.until()
        ? List.of(node)
        : change.lift().lift(node, context);
  }

  private static void know(long first, String operators) {
    for (String operator : operators.strip().split("\\s+", -1)) {
      FIRST.put(operator, first);
    }
  }
}
