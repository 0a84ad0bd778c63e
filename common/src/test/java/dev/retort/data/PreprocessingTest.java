package dev.retort.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreprocessingTest {
  private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
  private static final List<Double> STD = List.of(0.229, 0.224, 0.225);

  @Test
  void aTextFeedsTheTokenInputsThatTheModelHas() {
    Model model =
        tokens(
            Dim.of("sequence"),
            TokenInput.IDS.modelName(),
            TokenInput.MASK.modelName(),
            TokenInput.TYPES.modelName());

    Model fed = Preprocessing.prepend(model, List.of(Texts.input(9)));

    assertThat(fed.graph().inputs())
        .extracting(input -> input.name() + " " + input.type())
        .containsExactly(
            "input_ids INT32[N, sequence]",
            "attention_mask INT32[N, sequence]",
            "token_type_ids INT32[N, sequence]");
    assertThat(fed.metadata().get(Preprocessing.METADATA_KEY))
        .isEqualTo(
            "input_ids: INT32[tokens]; attention_mask: INT32[tokens]; token_type_ids: INT32[tokens]");
    assertThat(Preprocessing.prepend(fed, List.of(Texts.input(64)))).isEqualTo(fed);
  }

  @Test
  void anAxisOfTokensWithoutNameGetsOne() {
    Model fed =
        Preprocessing.prepend(
            tokens(Dim.UNKNOWN, "input_ids", "attention_mask"), List.of(Texts.input(9)));

    assertThat(fed.graph().inputs())
        .extracting(input -> input.type().toString())
        .containsOnly("INT32[N, sequence_length]");
  }

  @Test
  void aTextNeedsAModelThatTakesTokens() {
    assertThatThrownBy(
            () -> Preprocessing.prepend(tokens(Dim.UNKNOWN, "ids"), List.of(Texts.input(9))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("its inputs are [ids], must have input_ids;");
    assertThatThrownBy(
            () -> Preprocessing.prepend(tokens(Dim.of(8), "input_ids"), List.of(Texts.input(9))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("input input_ids takes INT64[N, 8], a sample has [9]");
  }

  private static Model tokens(Dim length, String... inputs) {
    List<ValueInfo> values =
        Arrays.stream(inputs)
            .map(
                i -> ValueInfo.of(i, ValueType.OfTensor.of(ElementType.INT64, Dim.of("N"), length)))
            .toList();
    Node sum = Node.of("sum", "Sum", List.of(inputs), List.of("y"));
    ValueInfo y = ValueInfo.of("y", ValueType.OfTensor.ofUnknownShape(ElementType.INT64));
    return Model.of(Graph.of("g", List.of(sum), Map.of(), values, List.of(y)));
  }

  @Test
  void bytesInChannelsLastBecomeNormalisedFloatsInChannelsFirst() throws OrtException {
    InputSpec input =
        InputSpec.of("image", "image", ElementType.UINT8, 4, 5, 3)
            .withScale(1 / 255.0)
            .withLayout(Layout.CHANNELS_LAST)
            .withNormalization(MEAN, STD);
    byte[] pixels = new byte[2 * 4 * 5 * 3];
    new Random(1).nextBytes(pixels);

    Model model = Preprocessing.prepend(identity(ElementType.FLOAT32, 3, 4, 5), List.of(input));

    float[] expected = new float[pixels.length];
    int i = 0;
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int p = 0; p < 20; p++) {
          float value = Byte.toUnsignedInt(pixels[n * 60 + p * 3 + c]) * (float) (1 / 255.0);
          expected[i++] = (value - MEAN.get(c).floatValue()) / STD.get(c).floatValue();
        }
      }
    }
    assertThat(run(model, pixels, OnnxJavaType.UINT8, 2, 4, 5, 3)).containsExactly(expected);
  }

  @Test
  void fashionMnistTakesBytesUnderTheSameName() throws OrtException {
    Path file =
        Path.of(System.getProperty("retort.root")).resolve("data/models/fashion-resnet.onnx");
    Model teacher = OnnxReader.read(file);
    InputSpec input =
        InputSpec.of("image", "image", ElementType.UINT8, 1, 28, 28).withScale(0.00392156862745098);
    byte[] pixels = new byte[784];
    new Random(2).nextBytes(pixels);
    float[] scaled = new float[784];
    for (int i = 0; i < 784; i++) {
      scaled[i] = Byte.toUnsignedInt(pixels[i]) * (float) 0.00392156862745098;
    }

    Model model = Preprocessing.prepend(teacher, List.of(input));

    assertThat(model.metadata())
        .containsEntry("retort.preprocessing", "image: UINT8[1x28x28] * 0.00392156862745098");
    ByteBuffer bytes = ByteBuffer.allocateDirect(784 * 4).order(ByteOrder.nativeOrder());
    bytes.asFloatBuffer().put(scaled);
    assertThat(run(model, pixels, OnnxJavaType.UINT8, 1, 1, 28, 28))
        .containsExactly(run(teacher, bytes, OnnxJavaType.FLOAT, 1, 1, 28, 28));
  }

  @Test
  void oneMeanServesAllChannels() throws OrtException {
    InputSpec input =
        InputSpec.of("image", "image", ElementType.UINT8, 2, 2)
            .withNormalization(List.of(127.5), List.of(64.0));

    Model model = Preprocessing.prepend(identity(ElementType.FLOAT32, 2, 2), List.of(input));

    assertThat(run(model, new byte[] {0, 1, 127, -1}, OnnxJavaType.UINT8, 1, 2, 2))
        .containsExactly(-127.5f / 64, -126.5f / 64, -0.5f / 64, 127.5f / 64);
  }

  @Test
  void aModelThatTakesTheStoredTypeStaysAsItIs() {
    Model model = identity(ElementType.UINT8, 4);
    List<InputSpec> inputs = List.of(InputSpec.of("image", "c", ElementType.UINT8, 4));

    assertThat(Preprocessing.prepend(model, inputs)).isSameAs(model);
  }

  @Test
  void thePrefixIsNotPutThereTwice() {
    List<InputSpec> inputs =
        List.of(InputSpec.of("image", "c", ElementType.UINT8, 4).withScale(0.5));
    Model once = Preprocessing.prepend(identity(ElementType.FLOAT32, 4), inputs);

    assertThat(Preprocessing.prepend(once, inputs)).isSameAs(once);
    List<InputSpec> others = List.of(inputs.get(0).withScale(0.25));
    assertThatThrownBy(() -> Preprocessing.prepend(once, others))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it has image: UINT8[4] * 0.5, data.inputs asks for image:");
  }

  @Test
  void readersInSubGraphsReadThePreprocessedValue() throws OrtException {
    ValueInfo out = ValueInfo.of("out", ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32));
    Graph branch =
        Graph.of(
            "branch",
            List.of(Node.of("neg", "Neg", List.of("image"), List.of("out"))),
            Map.of(),
            List.of(),
            List.of(out));
    Node choice =
        Node.of(
            "if",
            "If",
            List.of("yes"),
            List.of("y"),
            Map.of(
                "then_branch", new Attribute.SubGraph(branch),
                "else_branch", new Attribute.SubGraph(branch)));
    Model model =
        Model.of(
            Graph.of(
                "g",
                List.of(choice),
                Map.of("yes", Tensor.ofBytes(ElementType.BOOL, Dims.scalar(), (byte) 1)),
                List.of(info("image", ElementType.FLOAT32, 2)),
                List.of(out.withName("y"))));
    InputSpec input = InputSpec.of("image", "c", ElementType.UINT8, 2).withScale(2);

    Model prepended = Preprocessing.prepend(model, List.of(input));

    assertThat(run(prepended, new byte[] {1, 2}, OnnxJavaType.UINT8, 1, 2))
        .containsExactly(-2f, -4f);
  }

  @Test
  void inputsOfModelAndDataMustMatch() {
    Model model = identity(ElementType.FLOAT32, 3, 4, 5);
    assertThatThrownBy(
            () -> Preprocessing.prepend(model, List.of(of("imagge", ElementType.UINT8, 3, 4, 5))))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Cannot feed the model: data.inputs has no image, must name every model input; the"
                + " nearest is imagge");
    assertThatThrownBy(
            () ->
                Preprocessing.prepend(
                    model,
                    List.of(
                        of("image", ElementType.UINT8, 3, 4, 5), of("x", ElementType.UINT8, 1))))
        .hasMessageContaining("data.inputs has x, must be a model input; the nearest is image");
    assertThatThrownBy(
            () -> Preprocessing.prepend(model, List.of(of("image", ElementType.UINT8, 4, 5, 3))))
        .hasMessageContaining("input image takes FLOAT32[N, 3, 4, 5], a sample has [4x5x3]");
    assertThatThrownBy(
            () ->
                Preprocessing.prepend(
                    identity(ElementType.INT64, 4), List.of(of("image", ElementType.FLOAT32, 4))))
        .hasMessageContaining("data.inputs.image.type is FLOAT32, must be a type that INT64 holds");
    assertThatThrownBy(
            () ->
                Preprocessing.prepend(
                    identity(ElementType.INT64, 4),
                    List.of(of("image", ElementType.INT32, 4).withScale(2))))
        .hasMessageContaining("the model takes INT64, must take floats for scale");
  }

  @Test
  void wrongSpecificationsAreRefused() {
    assertThatThrownBy(() -> of("image", ElementType.STRING, 4))
        .hasMessageContaining("Cannot use data input image: its type is STRING, must be one of");
    assertThatThrownBy(() -> of("image", ElementType.UINT8, 0))
        .hasMessageContaining("shape is [0]");
    InputSpec input = of("image", ElementType.UINT8, 3, 4, 5);
    assertThatThrownBy(() -> input.withScale(0)).hasMessageContaining("scale is 0.0");
    assertThatThrownBy(() -> input.withNormalization(List.of(1.0, 2.0), List.of()))
        .hasMessageContaining("mean is [1.0, 2.0], must have 1 or 3");
    assertThatThrownBy(() -> input.withNormalization(List.of(), List.of(0.0)))
        .hasMessageContaining("std is [0.0]");
    assertThatThrownBy(() -> of("image", ElementType.UINT8, 4).withLayout(Layout.CHANNELS_LAST))
        .hasMessageContaining("layout is channels-last");
  }

  @Test
  void halfAndDoubleModelsGetConstantsOfTheirType() throws IOException, OrtException {
    InputSpec input = of("image", ElementType.UINT8, 3).withScale(0.5);

    Model half = Preprocessing.prepend(identity(ElementType.FLOAT16, 3), List.of(input));
    Model wide = Preprocessing.prepend(identity(ElementType.FLOAT64, 3), List.of(input));

    assertThat(half.graph().initializers().get("image_scale").toFloats()).containsExactly(0.5f);
    assertThat(wide.graph().initializers().get("image_scale").toFloats()).containsExactly(0.5f);
    assertThat(run(half, new byte[] {1, 2, 3}, OnnxJavaType.UINT8, 1, 3))
        .containsExactly(0.5f, 1f, 1.5f);
  }

  private static InputSpec of(String name, ElementType type, long... shape) {
    return InputSpec.of(name, "column", type, shape);
  }

  private static Model identity(ElementType type, long... shape) {
    return Model.of(
        Graph.of(
            "g",
            List.of(Node.of("same", "Identity", List.of("image"), List.of("y"))),
            Map.of(),
            List.of(info("image", type, shape)),
            List.of(info("y", type, shape))));
  }

  private static ValueInfo info(String name, ElementType type, long... shape) {
    Dim[] dims = new Dim[shape.length + 1];
    dims[0] = Dim.of("N");
    for (int i = 0; i < shape.length; i++) {
      dims[i + 1] = Dim.of(shape[i]);
    }
    return ValueInfo.of(name, ValueType.OfTensor.of(type, dims));
  }

  private static float[] run(Model model, byte[] bytes, OnnxJavaType type, long... shape)
      throws OrtException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
    return run(model, buffer.put(bytes).flip(), type, shape);
  }

  private static float[] run(Model model, ByteBuffer bytes, OnnxJavaType type, long... shape)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(OnnxWriter.toBytes(model));
        OnnxTensor input = OnnxTensor.createTensor(environment, bytes, shape, type);
        OrtSession.Result result = session.run(Map.of("image", input))) {
      FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
      float[] copy = new float[values.remaining()];
      values.get(copy);
      return copy;
    }
  }
}
