package dev.retort.graph.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.retort.MiniLm;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.onnx.ReferenceRuntime;
import dev.retort.graph.shape.ModelCheck;
import dev.retort.tensor.Dims;
import dev.retort.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The teacher of the glosses: MiniLM, mean pooling, normalisation, and the head. */
class GlossTeacherTest {
  private static final Path HEAD =
      Path.of(System.getProperty("retort.root"), "data/models/gloss-head.onnx");
  private static final int VOCABULARY = 30_522;
  private static final int WIDTH = 384;

  /** What the reference's own author measured between joining and computing by hand. */
  private static final float TOLERANCE = 1.1e-5f;

  @TempDir Path folder;

  @Test
  void theJoinedTeacherGivesTheLogitsOfBothModelsRunByHand() throws OrtException {
    Path encoder = MiniLm.model();
    Path file = folder.resolve("teacher.onnx");
    Model joined =
        ModelJoin.join(
            OnnxReader.read(encoder), OnnxReader.read(HEAD), new Bridge(Pooling.MEAN, true));
    ModelCheck.check(joined);
    OnnxWriter.write(joined, file);
    Map<String, Tensor> inputs = inputs(5, 23);

    float[] actual = values(ReferenceRuntime.run(file, inputs));

    Tensor hidden = (Tensor) ReferenceRuntime.run(encoder, inputs).get("last_hidden_state");
    Tensor embedding = pooled(hidden, inputs.get("attention_mask").toLongs());
    float[] expected = values(ReferenceRuntime.run(HEAD, Map.of("embedding", embedding)));
    assertThat(joined.opset("")).isEqualTo(17);
    assertThat(joined.graph().nodes()).extracting(Node::opType).contains("LpNormalization", "Gemm");
    assertThat(actual).hasSize(5 * 45).containsExactly(expected, within(TOLERANCE));
  }

  private static float[] values(Map<String, Object> outputs) {
    return ((Tensor) outputs.values().iterator().next()).toFloats();
  }

  /** The mean over the mask, divided by its Euclidean length. */
  private static Tensor pooled(Tensor hidden, long[] mask) {
    float[] values = hidden.toFloats();
    int texts = (int) hidden.dims().size(0);
    int tokens = (int) hidden.dims().size(1);
    float[] pooled = new float[texts * WIDTH];
    for (int text = 0; text < texts; text++) {
      double length = 0;
      for (int i = 0; i < WIDTH; i++) {
        double sum = 0;
        long count = 0;
        for (int token = 0; token < tokens; token++) {
          int at = text * tokens + token;
          sum += mask[at] * values[at * WIDTH + i];
          count += mask[at];
        }
        pooled[text * WIDTH + i] = (float) (sum / count);
        length += sum / count * (sum / count);
      }
      for (int i = 0; i < WIDTH; i++) {
        pooled[text * WIDTH + i] /= (float) Math.sqrt(length);
      }
    }
    return Tensor.ofFloats(Dims.of(texts, WIDTH), pooled);
  }

  private static Map<String, Tensor> inputs(int texts, int tokens) {
    Dims dims = Dims.of(texts, tokens);
    long[] ids = new Random(7).longs((long) texts * tokens, 0, VOCABULARY).toArray();
    long[] mask = new long[ids.length];
    Arrays.setAll(mask, i -> i % tokens < tokens - i / tokens * 4 ? 1 : 0);
    return Map.of(
        "input_ids",
        Tensor.ofLongs(dims, ids),
        "attention_mask",
        Tensor.ofLongs(dims, mask),
        "token_type_ids",
        Tensor.ofLongs(dims, new long[ids.length]));
  }
}
