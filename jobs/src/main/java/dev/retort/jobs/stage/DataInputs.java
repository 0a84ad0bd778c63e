package dev.retort.jobs.stage;

import dev.retort.data.InputSpec;
import dev.retort.data.LabelSpec;
import dev.retort.data.SampleColumns;
import dev.retort.data.TokenInput;
import dev.retort.data.TokenizerFile;
import dev.retort.graph.Dim;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.jobs.spark.ShippedFiles;
import dev.retort.recipe.DataSettings;
import dev.retort.tensor.Dims;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The inputs that the recipe's data has.
 *
 * @param stored as they are stored, a text last
 * @param tokenizer of the text, if there is one
 */
record DataInputs(List<InputSpec> stored, Optional<TokenizerFile> tokenizer) {
  DataInputs {
    stored = List.copyOf(stored);
  }

  /**
   * The inputs of {@code data}.
   *
   * @throws dev.retort.error.UserError if the tokenizer cannot be read
   */
  static DataInputs of(DataSettings data) {
    List<InputSpec> stored = new ArrayList<>();
    data.inputs().forEach((name, input) -> stored.add(input.spec(name)));
    Optional<TokenizerFile> tokenizer =
        data.text().map(text -> TokenizerFile.read(ShippedFiles.local(text.tokenizer())));
    data.text()
        .map(text -> InputSpec.ofText(text.column(), tokenizer.get().spec(text.maxLength())))
        .ifPresent(stored::add);
    return new DataInputs(stored, tokenizer);
  }

  /** These with the label and the id that the recipe names. */
  SampleColumns columns(DataSettings data) {
    return new SampleColumns(
        stored,
        data.label().map(label -> new LabelSpec(label.column(), label.classes())),
        data.id());
  }

  /** The most tokens that a text has, 0 where no input is a text. */
  int mostTokens() {
    return stored.stream().filter(InputSpec::isText).mapToInt(i -> i.text().maxLength()).sum();
  }

  /** Stored bytes of a sample, of the longest text. */
  long sampleBytes() {
    return stored.stream().mapToLong(InputSpec::sampleBytes).sum();
  }

  /** The dimensions of a stored sample by model input, its text having {@code tokens} tokens. */
  Map<String, Dims> storedDims(int tokens) {
    return dims(tokens, InputSpec::dims);
  }

  /** As {@link #storedDims}, behind the model's prefix. */
  Map<String, Dims> modelDims(int tokens) {
    return dims(tokens, InputSpec::modelDims);
  }

  private Map<String, Dims> dims(int tokens, Function<InputSpec, Dims> ofOne) {
    Map<String, Dims> dims = new TreeMap<>();
    for (InputSpec input : stored) {
      if (input.isText()) {
        for (TokenInput token : TokenInput.values()) {
          dims.putIfAbsent(token.modelName(), Dims.of(tokens));
        }
      } else {
        dims.put(input.name(), ofOne.apply(input));
      }
    }
    return dims;
  }

  /**
   * The sizes that samples with texts of {@code tokens} tokens give to the symbols of the inputs of
   * {@code model}, with or without its prefix; the batch stays open.
   */
  Map<String, Long> sizes(Model model, int tokens) {
    Map<String, Dims> dims = modelDims(tokens);
    Map<String, Long> sizes = new TreeMap<>();
    for (ValueInfo value : model.graph().requiredInputs()) {
      Dims sample = dims.get(value.name());
      if (sample != null && value.type() instanceof ValueType.OfTensor type) {
        add(type.shape().orElse(List.of()), sample, sizes);
      }
    }
    return sizes;
  }

  private static void add(List<Dim> shape, Dims sample, Map<String, Long> sizes) {
    for (int axis = 1; axis < shape.size() && shape.size() == sample.rank() + 1; axis++) {
      if (shape.get(axis) instanceof Dim.Symbolic symbol) {
        sizes.put(symbol.name(), sample.size(axis - 1));
      }
    }
  }
}
