package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.jobs.TextModels;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokenizers, texts and models that do not fit each other: found by validate, exit code 3. */
class TextIntakeTest {
  @TempDir private Path folder;
  private Path tokenizer;

  @BeforeEach
  void writeTokenizer() {
    tokenizer = TextModels.writeTokenizer(folder.resolve("tokenizer.json"));
  }

  @Test
  void aModelThatFitsItsTokenizerIsValid() throws IOException {
    Command command = validate(TextModels.writeModel(model(), TextModels.VOCABULARY, 3), 48);

    assertThat(command.err()).isEmpty();
    assertThat(command.out())
        .contains(
            "12 nodes, 3 classes",
            "texts are cut to 48 tokens: how many that shortens is known once they are ingested");
  }

  @Test
  void aVocabularyThatIsLargerThanTheEmbeddingsIsRefused() throws IOException {
    assertRefused(
        validate(TextModels.writeModel(model(), 55, 3), 48),
        "the tokenizer " + tokenizer + " has ids up to 55, must have ids below the 55 rows of the",
        "that node word looks up; give the model's own tokenizer");
  }

  @Test
  void textsThatAreLongerThanTheTableOfPositionsAreRefused() throws IOException {
    Path model = TextModels.writeModelWithPositions(model(), 32, 3);

    assertRefused(
        validate(model, 48),
        "max-length is 48, must be at most 32 for its table of positions; lower the input's max-length\n");
    assertThat(validate(model, 32).exitCode()).isZero();
  }

  @Test
  void aMissingTokenizerIsRefused() throws IOException {
    Path model = TextModels.writeModel(model(), TextModels.VOCABULARY, 3);
    Files.delete(tokenizer);

    assertRefused(
        validate(model, 48), "Cannot use tokenizer " + tokenizer + ": it does not exist, must be");
  }

  @Test
  void aFileThatIsNoTokenizerIsRefused() throws IOException {
    Path model = TextModels.writeModel(model(), TextModels.VOCABULARY, 3);
    Files.writeString(tokenizer, "{\"model_max_length\": 512}");

    assertRefused(validate(model, 48), "it has no model.vocab, must be the tokenizer.json");
  }

  @Test
  void aModelThatTakesNoTokensIsRefused() throws IOException {
    ValueInfo x =
        ValueInfo.of("x", ValueType.OfTensor.of(ElementType.FLOAT32, Dim.of("N"), Dim.of(3)));
    Node relu = Node.of("n", "Relu", List.of("x"), List.of("x_out"));
    ValueInfo y = ValueInfo.of("x_out", x.type());
    OnnxWriter.write(
        Model.of(Graph.of("g", List.of(relu), Map.of(), List.of(x), List.of(y))), model());

    assertRefused(validate(model(), 48), "its inputs are [x], must have input_ids;");
  }

  private Path model() {
    return folder.resolve("model.onnx");
  }

  private Command validate(Path model, int maxLength) throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("texts.json"), "{\"text\": \"a word\", \"label\": 0}\n");
    Path recipe =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            name: text
            model: %s
            data:
              train: {format: json, path: %s}
              test: {format: json, path: %s}
              inputs:
                text: {tokenizer: %s, max-length: %d}
              label: {classes: 3}
            steps: [fuse]
            """
                .formatted(model, data, data, tokenizer, maxLength));
    return Command.run(
        new PipelineEngine(),
        "validate",
        recipe.toString(),
        "--work",
        folder.resolve("work").toString());
  }

  private static void assertRefused(Command command, String... parts) {
    assertThat(command.exitCode()).as(command.err()).isEqualTo(3);
    assertThat(command.err()).startsWith("Cannot ").contains(parts);
  }
}
