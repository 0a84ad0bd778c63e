package dev.retort.recipe;

import dev.retort.recipe.DataSettings.Format;
import dev.retort.recipe.DataSettings.Label;
import dev.retort.recipe.DataSettings.Source;
import dev.retort.recipe.DataSettings.Validation;
import dev.retort.recipe.Step.Calibration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes the records of a recipe from its checked document. */
final class RecipeBinder {
  private static final List<Key<?>> TENSOR_KEYS =
      List.of(
          RecipeKeys.TYPE,
          RecipeKeys.SHAPE,
          RecipeKeys.SCALE,
          RecipeKeys.MEAN,
          RecipeKeys.STD,
          RecipeKeys.LAYOUT,
          RecipeKeys.RESIZE,
          RecipeKeys.MODE);
  private static final List<Key<?>> TEXT_KEYS = List.of(RecipeKeys.MAX_LENGTH, RecipeKeys.PAD_TO);

  private final Section root;

  private RecipeBinder(Section root) {
    this.root = root;
  }

  static Recipe bind(Complaint complaint, Yaml.Mapping document) {
    return new RecipeBinder(new Section(complaint, "", document)).recipe();
  }

  private Recipe recipe() {
    long seed = root.value(RecipeKeys.SEED);
    return new Recipe(
        root.value(RecipeKeys.NAME),
        root.value(RecipeKeys.MODEL),
        root.find(RecipeKeys.POOLING),
        root.value(RecipeKeys.NORMALIZE),
        data(root.section("data"), seed),
        steps(),
        runtime(root.section("runtime")),
        gates(root.section("gates")),
        seed,
        root.value(RecipeKeys.ALLOW_MIXED_CPU),
        new SparkSettings(root.section("spark").value(RecipeKeys.PARTITIONS)));
  }

  private DataSettings data(Section data, long seed) {
    Section validation = data.section("validation");
    return new DataSettings(
        source(data.section("train"), RecipeKeys.TRAIN_FORMAT, RecipeKeys.TRAIN_PATH),
        source(data.section("test"), RecipeKeys.TEST_FORMAT, RecipeKeys.TEST_PATH),
        new Validation(
            validation.value(RecipeKeys.VALIDATION_FRACTION),
            validation.valueOr(RecipeKeys.VALIDATION_SEED, seed)),
        inputs(data.section("inputs")),
        text(data.section("inputs")),
        data.has("label") ? Optional.of(label(data.section("label"))) : Optional.empty(),
        data.find(RecipeKeys.ID),
        data.value(RecipeKeys.MAX_BAD_FRACTION));
  }

  private static Source source(Section source, Key<Format> format, Key<String> path) {
    return new Source(
        source.value(format), source.value(path), source.value(RecipeKeys.TRAIN_OPTIONS));
  }

  private static Label label(Section label) {
    return new Label(label.value(RecipeKeys.LABEL_COLUMN), label.value(RecipeKeys.CLASSES));
  }

  private static SortedMap<String, InputSettings> inputs(Section inputs) {
    if (inputs.values().entries().isEmpty()) {
      throw inputs
          .complaint()
          .missing(inputs.path(), "a mapping from the model's inputs to their columns");
    }
    SortedMap<String, InputSettings> byName = new TreeMap<>();
    for (String name : inputs.values().entries().keySet()) {
      Section input = inputs.section(name);
      if (!isText(input)) {
        refuse(TEXT_KEYS, input, "without a tokenizer, must stand beside one; add tokenizer or");
        byName.put(name, input(name, input));
      }
    }
    return byName;
  }

  private static Optional<TextSettings> text(Section inputs) {
    List<String> names =
        inputs.values().entries().keySet().stream()
            .filter(name -> isText(inputs.section(name)))
            .toList();
    if (names.size() > 1) {
      throw inputs
          .complaint()
          .error(
              "%s has the texts %s, must have one at most; remove the others' tokenizer"
                  .formatted(inputs.path(), String.join(", ", names)));
    }
    return names.stream().map(name -> text(name, inputs.section(name))).findFirst();
  }

  private static boolean isText(Section input) {
    return input.has(RecipeKeys.TOKENIZER.name());
  }

  private static TextSettings text(String name, Section input) {
    refuse(TENSOR_KEYS, input, "beside a tokenizer, must not be: a text is stored as its tokens;");
    return new TextSettings(
        name,
        input.valueOr(RecipeKeys.COLUMN, name),
        input.find(RecipeKeys.TOKENIZER).orElseThrow(),
        input.value(RecipeKeys.MAX_LENGTH),
        input.value(RecipeKeys.PAD_TO));
  }

  private static void refuse(List<Key<?>> keys, Section input, String why) {
    for (Key<?> key : keys) {
      if (input.has(key.name())) {
        throw input
            .complaint()
            .error("%s is given %s remove it".formatted(input.child(key.name()), why));
      }
    }
  }

  private static InputSettings input(String name, Section input) {
    return new InputSettings(
        input.valueOr(RecipeKeys.COLUMN, name),
        input.value(RecipeKeys.TYPE),
        input.value(RecipeKeys.SHAPE),
        input.value(RecipeKeys.SCALE),
        input.value(RecipeKeys.MEAN),
        input.value(RecipeKeys.STD),
        input.value(RecipeKeys.LAYOUT),
        input.value(RecipeKeys.RESIZE),
        input.value(RecipeKeys.MODE));
  }

  private List<Step> steps() {
    if (!(root.values().entries().get("steps") instanceof Yaml.Sequence list)) {
      throw root.complaint()
          .missing("steps", "a list of " + String.join(", ", StepKind.supportedKeys()));
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < list.items().size(); i++) {
      Yaml.Mapping item = (Yaml.Mapping) list.items().get(i);
      steps.add(step(new Section(root.complaint(), "steps." + i, item)));
    }
    return steps;
  }

  private static Step step(Section item) {
    String name = item.values().entries().keySet().iterator().next();
    Section settings = item.section(name);
    return switch (StepKind.of(name).orElseThrow()) {
      case FUSE -> new Step.Fuse();
      case QUANTIZE -> quantize(settings);
      case LABEL -> new Step.Label(settings.value(RecipeKeys.TOP_K));
      case FINE_TUNE, DISTILL, PRUNE, EXPORT ->
          throw new IllegalStateException("the order check lets " + name + " pass");
    };
  }

  private static Step.Quantize quantize(Section settings) {
    Section calibration = settings.section("calibration");
    return new Step.Quantize(
        settings.value(RecipeKeys.PRESET),
        new Calibration(
            calibration.value(RecipeKeys.SAMPLES),
            calibration.value(RecipeKeys.RANGE),
            calibration.value(RecipeKeys.PERCENTILE)),
        settings.value(RecipeKeys.OPS),
        settings.value(RecipeKeys.SMOOTHING));
  }

  private static RuntimeSettings runtime(Section runtime) {
    return new RuntimeSettings(
        runtime.value(RecipeKeys.BATCH),
        runtime.value(RecipeKeys.THREADS),
        runtime.value(RecipeKeys.MEMORY_LIMIT),
        runtime.value(RecipeKeys.PROBE_TIMEOUT));
  }

  private static Gates gates(Section gates) {
    return new Gates(
        gates.number(RecipeKeys.ACCURACY_DROP),
        gates.number(RecipeKeys.SIZE_RATIO),
        gates.number(RecipeKeys.LATENCY_RATIO),
        gates.number(RecipeKeys.LATENCY_MILLIS));
  }
}
