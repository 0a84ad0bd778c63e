package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.error.UserError;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardInferenceTest {
  /** Sums of up to 1,152 products of order 1, in another order: 1,152 x 2^-24 x 10 logits' size. */
  private static final float TOLERANCE = 1e-3f;

  private static final SessionSettings SETTINGS = SessionSettings.standard();

  @ParameterizedTest
  @ValueSource(strings = {"fashion-resnet.onnx", "fashion-student.onnx"})
  void batchesGiveWhatSingleSamplesGive(String name) {
    Path file = Fashion.RESNET.resolveSibling(name);
    Map<String, SampleBlock> images = Fashion.images(37);
    try (OnnxSession session = OnnxSession.open(file, SETTINGS)) {
      float[] single = logits(session, 1, images);
      float[] batched = logits(session, 16, images);

      assertThat(batched).hasSize(370).containsExactly(single, within(TOLERANCE));
    }
  }

  @Test
  void repeatedRunsGiveTheSameBitsWhereverTheSamplesLie() {
    Map<String, SampleBlock> images = Fashion.images(100);
    SampleBlock block = images.get("image");
    ByteBuffer shifted =
        AlignedBuffers.allocate(block.bytes().capacity() + 4).slice(4, block.bytes().capacity());
    shifted.put(0, block.bytes(), 0, block.bytes().capacity());
    ByteBuffer heap = ByteBuffer.allocate(block.bytes().capacity());
    heap.put(0, block.bytes(), 0, block.bytes().capacity());
    try (OnnxSession session = OnnxSession.open(Fashion.RESNET, SETTINGS)) {
      float[] first = logits(session, 32, images);

      assertThat(logits(session, 32, images)).containsExactly(first);
      assertThat(logits(session, 32, blockOf(100, shifted))).containsExactly(first);
      assertThat(logits(session, 32, blockOf(100, heap))).containsExactly(first);
    }
  }

  @Test
  void batchesArriveInOrderAndTheLastMayBeShort() {
    List<String> batches = new ArrayList<>();
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SETTINGS);
        ShardInference inference = new ShardInference(session, 32)) {
      inference.run(
          Fashion.images(70),
          (batch, outputs) ->
              batches.add(
                  batch.first() + "+" + batch.samples() + "=" + outputs.get("logits").samples()));
    }
    assertThat(batches).containsExactly("0+32=32", "32+32=32", "64+6=6");
  }

  @Test
  void reusedBuffersDoNotMixShards() {
    Map<String, SampleBlock> small = Fashion.images(5);
    Map<String, SampleBlock> large = Fashion.images(67);
    Map<String, SampleBlock> empty = blockOf(0, AlignedBuffers.allocate(0));
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SETTINGS);
        ShardInference inference = new ShardInference(session, 32)) {
      float[] smallAlone = logits(session, 32, small);
      float[] largeAlone = logits(session, 32, large);

      for (int i = 0; i < 3; i++) {
        assertThat(Fashion.floats(inference.collect(large).get("logits")))
            .containsExactly(largeAlone);
        assertThat(Fashion.floats(inference.collect(small).get("logits")))
            .containsExactly(smallAlone);
        assertThat(inference.collect(empty).get("logits").samples()).isZero();
      }
    }
  }

  @Test
  void threadsShareASession() throws Exception {
    Map<String, SampleBlock> images = Fashion.images(64);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OnnxSession session = OnnxSession.open(Fashion.RESNET, SETTINGS)) {
      float[] expected = logits(session, 16, images);
      Callable<float[]> task = () -> logits(session, 16, images);

      for (Future<float[]> result :
          threads.invokeAll(List.of(task, task, task, task, task, task))) {
        assertThat(result.get()).containsExactly(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void inputsThatDoNotFitAreNamed() {
    SampleBlock images = Fashion.images(2).get("image");
    SampleBlock bytes =
        new SampleBlock(ElementType.UINT8, Fashion.IMAGE, 1, AlignedBuffers.allocate(784));
    SampleBlock wide =
        new SampleBlock(
            ElementType.FLOAT32, Dims.of(1, 28, 29), 1, AlignedBuffers.allocate(28 * 29 * 4));
    SampleBlock flat =
        new SampleBlock(ElementType.FLOAT32, Dims.of(784), 1, AlignedBuffers.allocate(784 * 4));
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SETTINGS);
        ShardInference inference = new ShardInference(session, 4)) {
      assertThatThrownBy(() -> inference.collect(Map.of("picture", images)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("input is picture, must be one of [image]");
      assertThatThrownBy(() -> inference.collect(Map.of()))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("input image is absent, must be FLOAT32[N, 1, 28, 28]");
      assertThatThrownBy(() -> inference.collect(Map.of("image", bytes)))
          .hasMessageContaining("input image is UINT8 samples of [1x28x28], must be FLOAT32[N, 1");
      assertThatThrownBy(() -> inference.collect(Map.of("image", wide)))
          .hasMessageContaining(
              "input image is FLOAT32 samples of [1x28x29], must be FLOAT32[N, 1");
      assertThatThrownBy(() -> inference.collect(Map.of("image", flat)))
          .hasMessageContaining("input image is FLOAT32 samples of [784], must be FLOAT32[N, 1");
      assertThatThrownBy(() -> new ShardInference(session, 4, List.of("scores")))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("output is scores, must be one of [logits]");
    }
  }

  private static Map<String, SampleBlock> blockOf(int samples, ByteBuffer bytes) {
    return Map.of("image", new SampleBlock(ElementType.FLOAT32, Fashion.IMAGE, samples, bytes));
  }

  private static float[] logits(OnnxSession session, int batch, Map<String, SampleBlock> images) {
    try (ShardInference inference = new ShardInference(session, batch)) {
      return Fashion.floats(inference.collect(images).get("logits"));
    }
  }
}
