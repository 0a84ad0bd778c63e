package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.MiniLm;
import dev.retort.data.InputSpec;
import dev.retort.data.Padding;
import dev.retort.data.Preprocessing;
import dev.retort.data.Shard;
import dev.retort.data.Texts;
import dev.retort.data.TokenSequences;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.AlignedBuffers;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of several lengths: sorted, padded, and given back in stored order. */
class TextInferenceTest {
  /** What padding changed in MiniLM's logits when its data was made, at most. */
  private static final float TOLERANCE = 2e-6f;

  private static final InputSpec INPUT = Texts.input(12);
  private static final TokenSequences TEXTS = Texts.ofLengths(INPUT, 2, 7, 3, 7, 1, 12, 5, 3);

  @TempDir private Path folder;

  @Test
  void resultsAreInStoredOrderHoweverTextsAreBatched() {
    try (OnnxSession session = open(TextModels.classifier(64))) {
      float[] single = logits(session, 1, Padding.LONGEST, TEXTS);

      assertThat(logits(session, 3, Padding.LONGEST, TEXTS))
          .hasSize(8 * TextModels.CLASSES)
          .containsExactly(single, within(TOLERANCE));
      assertThat(logits(session, 3, Padding.MAX_LENGTH, TEXTS))
          .containsExactly(single, within(TOLERANCE));
    }
  }

  @Test
  void aBatchIsPaddedToItsLongestText() {
    List<String> batches = new ArrayList<>();
    try (OnnxSession session = open(TextModels.classifier(64));
        ShardInference inference = new ShardInference(session, 3)) {
      inference.run(
          shard(TEXTS, Map.of()),
          Padding.LONGEST,
          (batch, outputs) ->
              batches.add(batch.index(0) + ":" + outputs.get("hidden").sampleDims()));
    }
    assertThat(batches).containsExactly("5:[12x8]", "6:[5x8]", "0:[2x8]");
  }

  @Test
  void reusedBuffersDoNotMixShards() {
    TokenSequences others = Texts.ofLengths(INPUT, 4, 9, 1, 1);
    try (OnnxSession session = open(TextModels.classifier(64));
        ShardInference inference = new ShardInference(session, 3, List.of("logits"))) {
      float[] first = logits(session, 3, Padding.LONGEST, TEXTS);
      float[] second = logits(session, 3, Padding.LONGEST, others);

      for (int i = 0; i < 3; i++) {
        assertThat(collect(inference, Padding.LONGEST, TEXTS)).containsExactly(first);
        assertThat(collect(inference, Padding.LONGEST, others)).containsExactly(second);
      }
    }
  }

  @Test
  void inputsOfOneSizeFollowTheirTexts() {
    ByteBuffer ages = AlignedBuffers.allocate(8 * 3 * Float.BYTES);
    for (int text = 0; text < 8; text++) {
      ages.putFloat(text).putFloat(text).putFloat(text);
    }
    SampleBlock block = new SampleBlock(ElementType.FLOAT32, Dims.of(3), 8, ages.flip());
    float[] without;
    try (OnnxSession session = open(TextModels.classifier(64))) {
      without = logits(session, 3, Padding.LONGEST, TEXTS);
    }
    try (OnnxSession session = open(TextModels.withVector(64));
        ShardInference inference = new ShardInference(session, 3, List.of("logits"))) {
      Shard shard = shard(TEXTS, Map.of("age", block));
      float[] with = Fashion.floats(inference.collect(shard, Padding.LONGEST).get("logits"));

      for (int i = 0; i < with.length; i++) {
        int text = i / TextModels.CLASSES;
        assertThat(with[i]).isCloseTo(without[i] + text, within(1e-5f));
      }
    }
  }

  @Test
  void outputsThatFollowTheTextsAreNotCollected() {
    try (OnnxSession session = open(TextModels.classifier(64));
        ShardInference inference = new ShardInference(session, 3, List.of("hidden"))) {
      assertThatThrownBy(() -> inference.collect(shard(TEXTS, Map.of()), Padding.LONGEST))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("a sample has [12x8] in one batch and [5x8] in another");
    }
  }

  @Test
  void inputsThatAreNoTokensAreNamed() {
    try (OnnxSession session = open(TextModels.withVector(64));
        ShardInference inference = new ShardInference(session, 3, List.of("logits"))) {
      assertThatThrownBy(() -> inference.collect(shard(TEXTS, Map.of()), Padding.LONGEST))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("input age is FLOAT32[N, 3], must be tokens INT32[N, any]");
    }
  }

  /** MiniLM's hidden states of a text do not depend on what the text is batched with. */
  @Test
  void sortedTextsGiveTheHiddenStatesOfPaddedOnes() {
    Random random = new Random(3);
    Integer[] lengths = new Integer[24];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 2 + random.nextInt(23);
    }
    InputSpec input = Texts.input(24);
    TokenSequences texts = Texts.ofLengths(input, lengths);
    try (OnnxSession session =
        open(Preprocessing.prepend(OnnxReader.read(MiniLm.model()), List.of(input)))) {
      float[][] padded = firstTokens(session, texts, Padding.MAX_LENGTH);
      float[][] sorted = firstTokens(session, texts, Padding.LONGEST);

      for (int text = 0; text < lengths.length; text++) {
        assertThat(sorted[text]).containsExactly(padded[text], within(1e-5f));
      }
    }
  }

  /** The hidden state of the first token of each text, in stored order. */
  private static float[][] firstTokens(OnnxSession session, TokenSequences texts, Padding padding) {
    float[][] states = new float[texts.texts()][384];
    try (ShardInference inference = new ShardInference(session, 8)) {
      inference.run(
          shard(texts, Map.of()),
          padding,
          (batch, outputs) -> {
            SampleBlock hidden = outputs.values().iterator().next();
            for (int i = 0; i < batch.samples(); i++) {
              hidden.slice(i, 1).bytes().asFloatBuffer().get(states[batch.index(i)]);
            }
          });
    }
    return states;
  }

  private OnnxSession open(Model model) {
    Path file = folder.resolve("model-" + System.nanoTime() + ".onnx");
    OnnxWriter.write(model, file);
    return OnnxSession.open(file, SessionSettings.standard());
  }

  private static float[] logits(
      OnnxSession session, int batch, Padding padding, TokenSequences texts) {
    try (ShardInference inference = new ShardInference(session, batch, List.of("logits"))) {
      return collect(inference, padding, texts);
    }
  }

  private static float[] collect(ShardInference inference, Padding padding, TokenSequences texts) {
    return Fashion.floats(inference.collect(shard(texts, Map.of()), padding).get("logits"));
  }

  private static Shard shard(TokenSequences texts, Map<String, SampleBlock> blocks) {
    return new Shard(0, texts.texts(), blocks, Optional.of(texts), Optional.empty(), List.of());
  }
}
