package dev.retort.jobs;

import dev.retort.graph.Attribute;
import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import dev.retort.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * What is essential of a text classifier, with random weights: embeddings of letters, a layer on
 * each of them, their masked mean, a layer on that.
 */
public final class TextModels {
  /** Letters, those inside words, and four special tokens. */
  public static final int VOCABULARY = 2 * 26 + 4;

  /** Channels of a token; the layer's matrix is the smallest that is worth quantizing. */
  public static final int WIDTH = 64;

  private static final Dim N = Dim.of("N");
  private static final Dim TOKENS = Dim.of("sequence_length");

  private TextModels() {}

  /** Writes a tokenizer whose tokens are the letters of words, between two of its own. */
  public static Path writeTokenizer(Path file) {
    StringBuilder vocabulary =
        new StringBuilder("\"[PAD]\": 0, \"[UNK]\": 1, \"[CLS]\": 2, \"[SEP]\": 3");
    for (int letter = 0; letter < 26; letter++) {
      vocabulary.append(", \"%c\": %d".formatted('a' + letter, 4 + letter));
      vocabulary.append(", \"##%c\": %d".formatted('a' + letter, 30 + letter));
    }
    String json =
        """
        {"version": "1.0", "truncation": null, "padding": null, "decoder": null,
         "added_tokens": [
           {"id": 2, "content": "[CLS]", "special": true, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false},
           {"id": 3, "content": "[SEP]", "special": true, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": false}],
         "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
           "max_input_chars_per_word": 100, "vocab": {%s}}}
        """
            .formatted(vocabulary);
    try {
      return Files.writeString(file, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a model of that many embeddings and classes. */
  public static Path writeModel(Path file, int vocabulary, int classes) {
    OnnxWriter.write(Model.of(graph(vocabulary, classes, List.of(), Map.of())), file);
    return file;
  }

  /** As {@link #writeModel}, with a table of positions, which longer texts do not fit. */
  public static Path writeModelWithPositions(Path file, int positions, int classes) {
    List<Node> place =
        List.of(
            Node.of("shape", "Shape", List.of("input_ids"), List.of("sizes")),
            Node.of("length", "Gather", List.of("sizes", "first"), List.of("tokens")),
            Node.of("cut", "Slice", List.of("places", "zero", "tokens", "zero"), List.of("place")),
            Node.of("locate", "Add", List.of("embedded", "place"), List.of("located")));
    Map<String, Tensor> weights =
        Map.of("places", random(6, positions, WIDTH), "zero", Tensor.ofLongs(Dims.of(1), 0));
    OnnxWriter.write(Model.of(graph(VOCABULARY, classes, place, weights)), file);
    return file;
  }

  private static Graph graph(
      int vocabulary, int classes, List<Node> place, Map<String, Tensor> places) {
    Map<String, Tensor> weights = new LinkedHashMap<>(places);
    weights.put("words", random(1, vocabulary, WIDTH));
    weights.put("types", random(2, 2, WIDTH));
    weights.put("inner", random(3, WIDTH, WIDTH));
    weights.put("outer", random(4, WIDTH, classes));
    weights.put("bias", random(5, classes));
    weights.put("first", Tensor.ofLongs(Dims.of(1), 1));
    weights.put("last", Tensor.ofLongs(Dims.of(1), 2));
    Map<String, Attribute> drop = Map.of("keepdims", Attribute.of(0L));
    Map<String, Attribute> toFloat =
        Map.of("to", Attribute.of((long) ElementType.FLOAT32.number()));
    String located = place.isEmpty() ? "embedded" : "located";
    List<Node> nodes = new ArrayList<>();
    nodes.addAll(
        List.of(
            Node.of("word", "Gather", List.of("words", "input_ids"), List.of("word_hidden")),
            Node.of("type", "Gather", List.of("types", "token_type_ids"), List.of("type_hidden")),
            Node.of("embed", "Add", List.of("word_hidden", "type_hidden"), List.of("embedded"))));
    nodes.addAll(place);
    nodes.addAll(
        List.of(
            Node.of("layer", "MatMul", List.of(located, "inner"), List.of("mixed")),
            Node.of("activate", "Tanh", List.of("mixed"), List.of("hidden")),
            Node.of("cast", "Cast", List.of("attention_mask"), List.of("mask"), toFloat),
            Node.of("widen", "Unsqueeze", List.of("mask", "last"), List.of("wide")),
            Node.of("hide", "Mul", List.of("hidden", "wide"), List.of("shown")),
            Node.of("sum", "ReduceSum", List.of("shown", "first"), List.of("total"), drop),
            Node.of("count", "ReduceSum", List.of("mask", "first"), List.of("number")),
            Node.of("mean", "Div", List.of("total", "number"), List.of("pooled")),
            Node.of("head", "Gemm", List.of("pooled", "outer", "bias"), List.of("logits"))));
    List<ValueInfo> inputs =
        List.of("input_ids", "attention_mask", "token_type_ids").stream()
            .map(name -> ValueInfo.of(name, ValueType.OfTensor.of(ElementType.INT64, N, TOKENS)))
            .toList();
    ValueInfo logits =
        ValueInfo.of("logits", ValueType.OfTensor.of(ElementType.FLOAT32, N, Dim.of(classes)));
    return Graph.of("text", nodes, weights, inputs, List.of(logits));
  }

  private static Tensor random(int seed, int... sizes) {
    Random random = new Random(seed);
    int count = IntStream.of(sizes).reduce(1, (a, b) -> a * b);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.ofFloats(Dims.of(IntStream.of(sizes).asLongStream().toArray()), values);
  }
}
