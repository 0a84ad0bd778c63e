package dev.retort.graph.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Dim;
import dev.retort.graph.Function;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.Opaque;
import dev.retort.graph.OperatorSet;
import dev.retort.graph.Renaming;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelJoinTest {
  private static final int WIDTH = 4;
  private static final int CLASSES = 3;
  private static final Bridge MEAN = new Bridge(Pooling.MEAN, true);

  /** Ten operations a value in float32, of values below 16. */
  private static final float TOLERANCE = 10 * 16 * 0x1p-24f;

  private static final Tensor IDS = Tensor.ofLongs(Dims.of(2, 3), 1, 5, 7, 2, 10, 4);
  private static final Tensor MASK = Tensor.ofLongs(Dims.of(2, 3), 1, 1, 0, 1, 1, 1);

  @TempDir Path folder;

  @Test
  void meanPoolingAveragesTheTokensThatTheMaskKeeps() throws OrtException {
    Model joined =
        ModelJoin.join(TextNets.maskedEncoder(WIDTH), TextNets.head(WIDTH, CLASSES), MEAN);

    assertThat(joined.graph().inputs())
        .extracting(ValueInfo::name)
        .containsExactly("input_ids", "attention_mask");
    assertThat(opTypes(joined))
        .containsExactly(
            "Gather",
            "Cast",
            "Unsqueeze",
            "Mul",
            "ReduceSum",
            "ReduceSum",
            "Div",
            "LpNormalization",
            "Gemm");
    assertThat(logits(joined)).containsExactly(expected(Pooling.MEAN, true), within(TOLERANCE));
  }

  @Test
  void clsPoolingTakesTheFirstToken() throws OrtException {
    Model joined =
        ModelJoin.join(
            TextNets.encoder(WIDTH, "input_ids"),
            TextNets.head(WIDTH, CLASSES),
            new Bridge(Pooling.CLS, false));

    assertThat(opTypes(joined)).containsExactly("Gather", "Gather", "Gemm");
    assertThat(run(joined, Map.of("input_ids", IDS)))
        .containsExactly(expected(Pooling.CLS, false), within(TOLERANCE));
  }

  @Test
  void withoutPoolingTheHeadReadsWhatTheEncoderGives() throws OrtException {
    Model pooled =
        ModelJoin.join(
            TextNets.encoder(WIDTH, "input_ids"),
            identityHead(WIDTH),
            new Bridge(Pooling.CLS, false));

    Model joined =
        ModelJoin.join(pooled, TextNets.head(WIDTH, CLASSES), new Bridge(Pooling.NONE, true));

    assertThat(run(joined, Map.of("input_ids", IDS)))
        .containsExactly(expected(Pooling.CLS, true), within(TOLERANCE));
  }

  @Test
  void outputsHaveTheSymbolsOfTheEncoder() {
    Model joined =
        ModelJoin.join(TextNets.maskedEncoder(WIDTH), TextNets.head(WIDTH, CLASSES), MEAN);

    assertThat(joined.graph().outputs())
        .containsExactly(
            TextNets.info("logits", ElementType.FLOAT32, Dim.of("batch"), Dim.of(CLASSES)));
  }

  @Test
  void axesAreAttributesAtAnOpsetThatHasThemSo() throws OrtException {
    Model encoder = notLiftable(TextNets.atOpset(TextNets.maskedEncoder(WIDTH), 11));
    Model head = notLiftable(TextNets.atOpset(TextNets.head(WIDTH, CLASSES), 11));

    Model joined = ModelJoin.join(encoder, head, MEAN);

    assertThat(joined.opset("")).isEqualTo(11);
    assertThat(logits(joined)).containsExactly(expected(Pooling.MEAN, true), within(TOLERANCE));
  }

  @Test
  void modelsOfTwoOpsetsAreJoinedAtTheNewerOne() throws OrtException {
    for (long opset : new long[] {8, 13, 17, 21}) {
      Model joined =
          ModelJoin.join(
              TextNets.atOpset(TextNets.maskedEncoder(WIDTH), opset),
              TextNets.head(WIDTH, CLASSES),
              MEAN);

      assertThat(joined.opset("")).isEqualTo(Math.max(17, opset));
      assertThat(logits(joined)).containsExactly(expected(Pooling.MEAN, true), within(TOLERANCE));
    }
  }

  @Test
  void namesThatBothModelsUseAreKeptApart() throws OrtException {
    Model head = TextNets.head(WIDTH, CLASSES);
    Model sameNames =
        head.withGraph(
            Renaming.everywhere(
                head.graph(),
                Map.of("weight", "table", "embedding", "input_ids", "logits", "hidden")));

    Model joined = ModelJoin.join(TextNets.maskedEncoder(WIDTH), sameNames, MEAN);

    ModelCheck.check(joined);
    assertThat(joined.graph().outputs()).extracting(ValueInfo::name).containsExactly("hidden");
    assertThat(logits(joined)).containsExactly(expected(Pooling.MEAN, true), within(TOLERANCE));
  }

  @Test
  void weightsInAnExternalFileStayThere() throws Exception {
    Path data = folder.resolve("table.bin");
    Tensor table = TextNets.weights(1, TextNets.VOCABULARY, WIDTH);
    byte[] bytes = new byte[(int) table.byteLength()];
    table.bytes().get(bytes);
    Files.write(data, bytes);
    Model encoder = TextNets.maskedEncoder(WIDTH);
    Tensor external =
        new Tensor(
            ElementType.FLOAT32, table.dims(), new TensorData.FileSlice(data, 0, bytes.length));
    encoder = encoder.withGraph(encoder.graph().withInitializers(Map.of("table", external)));

    Model joined = ModelJoin.join(encoder, TextNets.head(WIDTH, CLASSES), MEAN);

    assertThat(joined.graph().initializers().get("table")).isSameAs(external);
    Path file = folder.resolve("joined.onnx");
    OnnxWriter.write(joined, file);
    assertThat(logits(OnnxReader.read(file)))
        .containsExactly(expected(Pooling.MEAN, true), within(TOLERANCE));
  }

  @Test
  void equalModelsJoinToEqualBytes() {
    byte[] first = OnnxWriter.toBytes(join(WIDTH, WIDTH));

    assertThat(OnnxWriter.toBytes(join(WIDTH, WIDTH))).isEqualTo(first);
  }

  @Test
  void otherWidthsAreRefusedWithBothNumbers() {
    assertThatThrownBy(() -> join(8, 6))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot join the models: the encoder gives vectors of width 8, the head takes width 6,"
                + " must be equal; give the head that was trained on this encoder");
  }

  @Test
  void poolingOfAnOutputThatHasNoTokensIsRefused() {
    Model pooled =
        ModelJoin.join(
            TextNets.maskedEncoder(WIDTH), identityHead(WIDTH), new Bridge(Pooling.CLS, false));

    assertThatThrownBy(() -> ModelJoin.join(pooled, TextNets.head(WIDTH, CLASSES), MEAN))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("output 'vector' of the encoder has rank 2, FLOAT32[batch, 4]")
        .hasMessageEndingWith(
            "must have rank 3, [N, tokens, width], for pooling mean; use pooling none");
  }

  @Test
  void tokensWithoutPoolingDoNotFitAHeadOfVectors() {
    assertThatThrownBy(
            () ->
                ModelJoin.join(
                    TextNets.maskedEncoder(WIDTH),
                    TextNets.head(WIDTH, CLASSES),
                    new Bridge(Pooling.NONE, false)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(
            "the encoder gives rank 3 behind pooling none, the head takes rank 2, FLOAT32[N, 4],"
                + " must be equal; use pooling mean or cls");
  }

  @Test
  void whereNoPoolingGivesWhatTheHeadTakesAnotherHeadIsTheRemedy() {
    Model head = TextNets.head(WIDTH, CLASSES);
    Model ofImages =
        head.withGraph(
            head.graph()
                .withInputs(
                    List.of(
                        TextNets.info(
                            "embedding",
                            ElementType.FLOAT32,
                            Dim.of("N"),
                            Dim.of(1),
                            Dim.of(2),
                            Dim.of(WIDTH)))));

    assertThatThrownBy(() -> ModelJoin.join(TextNets.maskedEncoder(WIDTH), ofImages, MEAN))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith(
            "the head takes rank 4, FLOAT32[N, 1, 2, 4], must be equal; no pooling fits, give"
                + " another head or encoder");
  }

  @Test
  void theMeanNeedsAnAttentionMask() {
    assertThatThrownBy(
            () ->
                ModelJoin.join(
                    TextNets.encoder(WIDTH, "input_ids"), TextNets.head(WIDTH, CLASSES), MEAN))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot join the models: the inputs of the encoder are input_ids, must have one named"
                + " attention_mask for pooling mean; use pooling cls");
  }

  @Test
  void aHeadOfSeveralInputsIsRefused() {
    Model head = TextNets.head(WIDTH, CLASSES);
    List<ValueInfo> inputs =
        List.of(
            head.graph().inputs().get(0),
            TextNets.info("other", ElementType.FLOAT32, Dim.of("N"), Dim.of(2)));

    assertThatThrownBy(
            () ->
                ModelJoin.join(
                    TextNets.maskedEncoder(WIDTH),
                    head.withGraph(head.graph().withInputs(inputs)),
                    MEAN))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the head takes 2 inputs (embedding, other), must take one");
  }

  @Test
  void aHeadOfAnotherElementTypeIsRefused() {
    Model head = TextNets.head(WIDTH, CLASSES);
    ValueInfo half = TextNets.info("embedding", ElementType.FLOAT16, Dim.of("N"), Dim.of(WIDTH));

    assertThatThrownBy(
            () ->
                ModelJoin.join(
                    TextNets.maskedEncoder(WIDTH),
                    head.withGraph(head.graph().withInputs(List.of(half))),
                    MEAN))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the encoder gives FLOAT32, the head takes FLOAT16");
  }

  @Test
  void anOpsetThatCannotBeReachedIsNamedWithTheNodeInTheWay() {
    Model encoder = notLiftable(TextNets.atOpset(TextNets.maskedEncoder(WIDTH), 11));

    assertThatThrownBy(() -> ModelJoin.join(encoder, TextNets.head(WIDTH, CLASSES), MEAN))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("the encoder has opset 11, must be raised to 17")
        .hasMessageContaining("its functions state operator sets of their own");
    Model newer = TextNets.atOpset(TextNets.maskedEncoder(WIDTH), 99);
    assertThatThrownBy(() -> ModelJoin.join(newer, TextNets.head(WIDTH, CLASSES), MEAN))
        .isInstanceOf(UnsupportedModelError.class)
        .hasMessageContaining("node 'gemm' (Gemm) may differ there");
  }

  private static Model join(int given, int taken) {
    return ModelJoin.join(TextNets.maskedEncoder(given), TextNets.head(taken, CLASSES), MEAN);
  }

  /** A head that gives its input back as {@code vector}. */
  private static Model identityHead(int width) {
    return Model.of(
        Graph.of(
            "identity",
            List.of(Node.of("same", "Identity", List.of("in"), List.of("vector"))),
            Map.of(),
            List.of(TextNets.info("in", ElementType.FLOAT32, Dim.of("N"), Dim.of(width))),
            List.of(
                ValueInfo.of("vector", ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32)))));
  }

  /** The model with a function, which keeps its opset as it is. */
  private static Model notLiftable(Model model) {
    Function function =
        new Function(
            "test",
            "Same",
            List.of("a"),
            List.of("b"),
            List.of(Node.of("same", "Identity", List.of("a"), List.of("b"))),
            model.operatorSets(),
            Opaque.NONE);
    List<OperatorSet> sets = List.of(model.operatorSets().get(0), new OperatorSet("test", 1));
    return new Model(
        Model.IR_VERSION,
        sets,
        "test",
        "",
        model.graph(),
        List.of(function),
        Map.of(),
        Opaque.NONE);
  }

  private static List<String> opTypes(Model model) {
    return model.graph().nodes().stream().map(Node::opType).toList();
  }

  private static float[] logits(Model joined) throws OrtException {
    return run(joined, Map.of("input_ids", IDS, "attention_mask", MASK));
  }

  private static float[] run(Model joined, Map<String, Tensor> inputs) throws OrtException {
    Map<String, Object> outputs = ReferenceRuntime.run(OnnxWriter.toBytes(joined), inputs);
    return ((Tensor) outputs.values().iterator().next()).toFloats();
  }

  /** Lookup, pooling, normalisation and Gemm by hand, in double precision. */
  private static float[] expected(Pooling pooling, boolean normalize) {
    float[] table = TextNets.weights(1, TextNets.VOCABULARY, WIDTH).toFloats();
    float[] weight = TextNets.weights(2, CLASSES, WIDTH).toFloats();
    float[] bias = TextNets.weights(3, CLASSES).toFloats();
    long[] ids = IDS.toLongs();
    long[] mask = MASK.toLongs();
    float[] logits = new float[2 * CLASSES];
    for (int text = 0; text < 2; text++) {
      double[] vector = new double[WIDTH];
      double tokens = 0;
      for (int token = 0; token < 3; token++) {
        int at = text * 3 + token;
        boolean counts = pooling == Pooling.MEAN ? mask[at] == 1 : token == 0;
        tokens += counts ? 1 : 0;
        for (int i = 0; i < WIDTH && counts; i++) {
          vector[i] += table[(int) ids[at] * WIDTH + i];
        }
      }
      double length = 0;
      for (int i = 0; i < WIDTH; i++) {
        vector[i] /= tokens;
        length += vector[i] * vector[i];
      }
      for (int k = 0; k < CLASSES; k++) {
        double sum = bias[k];
        for (int i = 0; i < WIDTH; i++) {
          sum += weight[k * WIDTH + i] * vector[i] / (normalize ? Math.sqrt(length) : 1);
        }
        logits[text * CLASSES + k] = (float) sum;
      }
    }
    return logits;
  }
}
