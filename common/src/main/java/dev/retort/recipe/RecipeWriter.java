package dev.retort.recipe;

import dev.retort.recipe.Yaml.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Prints a recipe with all its defaults, in the registry's order: equal recipes give equal text,
 * and reading the text gives the recipe back.
 */
public final class RecipeWriter {
  private final Map<String, Yaml> entries = new LinkedHashMap<>();

  private RecipeWriter() {}

  /** The resolved recipe as YAML. */
  public static String write(Recipe recipe) {
    return YamlText.of(
        new RecipeWriter()
            .put(RecipeKeys.NAME, recipe.name())
            .put(RecipeKeys.MODEL, recipe.model())
            .put(RecipeKeys.POOLING, recipe.pooling())
            .put(RecipeKeys.NORMALIZE, recipe.normalize())
            .put("data", data(recipe.data()))
            .put("steps", steps(recipe.steps()))
            .put("runtime", runtime(recipe.runtime()))
            .put("gates", gates(recipe.gates()))
            .put(RecipeKeys.SEED, recipe.seed())
            .put(RecipeKeys.ALLOW_MIXED_CPU, recipe.allowMixedCpu())
            .put("spark", section().put(RecipeKeys.PARTITIONS, recipe.spark().partitions()).done())
            .done());
  }

  private static Mapping data(DataSettings data) {
    Map<String, Yaml> inputs = new LinkedHashMap<>();
    data.inputs().forEach((name, input) -> inputs.put(name, input(input)));
    data.text().ifPresent(text -> inputs.put(text.name(), text(text)));
    RecipeWriter section =
        section()
            .put("train", source(data.train()))
            .put("test", source(data.test()))
            .put("validation", validation(data.validation()))
            .put("inputs", new Mapping(inputs, ""));
    data.label().ifPresent(label -> section.put("label", label(label)));
    return section
        .put(RecipeKeys.ID, data.id())
        .put(RecipeKeys.MAX_BAD_FRACTION, data.maxBadFraction())
        .done();
  }

  private static Mapping source(DataSettings.Source source) {
    return section()
        .put(RecipeKeys.TRAIN_FORMAT, source.format())
        .put(RecipeKeys.TRAIN_PATH, source.path())
        .put(RecipeKeys.TRAIN_OPTIONS, source.options())
        .done();
  }

  private static Mapping validation(DataSettings.Validation validation) {
    return section()
        .put(RecipeKeys.VALIDATION_FRACTION, validation.fraction())
        .put(RecipeKeys.VALIDATION_SEED, validation.seed())
        .done();
  }

  private static Mapping input(InputSettings input) {
    return section()
        .put(RecipeKeys.COLUMN, input.column())
        .put(RecipeKeys.TYPE, input.type())
        .put(RecipeKeys.SHAPE, input.shape())
        .put(RecipeKeys.SCALE, input.scale())
        .put(RecipeKeys.MEAN, input.mean())
        .put(RecipeKeys.STD, input.std())
        .put(RecipeKeys.LAYOUT, input.layout())
        .put(RecipeKeys.RESIZE, input.resize())
        .put(RecipeKeys.MODE, input.mode())
        .done();
  }

  private static Mapping text(TextSettings text) {
    return section()
        .put(RecipeKeys.COLUMN, text.column())
        .put(RecipeKeys.TOKENIZER, text.tokenizer())
        .put(RecipeKeys.MAX_LENGTH, text.maxLength())
        .put(RecipeKeys.PAD_TO, text.padTo())
        .done();
  }

  private static Mapping label(DataSettings.Label label) {
    return section()
        .put(RecipeKeys.LABEL_COLUMN, label.column())
        .put(RecipeKeys.CLASSES, label.classes())
        .done();
  }

  private static Yaml steps(List<Step> steps) {
    List<Yaml> items =
        steps.stream()
            .<Yaml>map(step -> section().put(step.name(), settings(step)).done())
            .toList();
    return new Yaml.Sequence(items, "");
  }

  private static Mapping settings(Step step) {
    if (step instanceof Step.Quantize quantize) {
      Step.Calibration calibration = quantize.calibration();
      return section()
          .put(RecipeKeys.PRESET, quantize.preset())
          .put(
              "calibration",
              section()
                  .put(RecipeKeys.SAMPLES, calibration.samples())
                  .put(RecipeKeys.RANGE, calibration.range())
                  .put(RecipeKeys.PERCENTILE, calibration.percentile())
                  .done())
          .put(RecipeKeys.OPS, quantize.ops())
          .put(RecipeKeys.SMOOTHING, quantize.smoothing())
          .done();
    }
    return step instanceof Step.Label label
        ? section().put(RecipeKeys.TOP_K, label.topK()).done()
        : section().done();
  }

  private static Mapping runtime(RuntimeSettings runtime) {
    return section()
        .put(RecipeKeys.BATCH, runtime.batch())
        .put(RecipeKeys.THREADS, runtime.threads())
        .put(RecipeKeys.MEMORY_LIMIT, runtime.memoryLimit())
        .put(RecipeKeys.PROBE_TIMEOUT, runtime.probeTimeout())
        .done();
  }

  private static Mapping gates(Gates gates) {
    return section()
        .put(RecipeKeys.ACCURACY_DROP, boxed(gates.accuracyDrop()))
        .put(RecipeKeys.SIZE_RATIO, boxed(gates.sizeRatio()))
        .put(RecipeKeys.LATENCY_RATIO, boxed(gates.latencyRatio()))
        .put(RecipeKeys.LATENCY_MILLIS, boxed(gates.latencyMillis()))
        .done();
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  private static RecipeWriter section() {
    return new RecipeWriter();
  }

  private RecipeWriter put(String name, Yaml value) {
    entries.put(name, value);
    return this;
  }

  private <T> RecipeWriter put(Key<T> key, T value) {
    return put(key.name(), key.type().writer().apply(value));
  }

  private <T> RecipeWriter put(Key<T> key, Optional<T> value) {
    value.ifPresent(present -> put(key, present));
    return this;
  }

  private Mapping done() {
    return new Mapping(entries, "");
  }
}
