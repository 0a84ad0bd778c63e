package dev.retort.recipe;

import static dev.retort.recipe.Key.derived;
import static dev.retort.recipe.Key.literal;
import static dev.retort.recipe.Key.optional;
import static dev.retort.recipe.Key.required;

import dev.retort.data.Padding;
import dev.retort.graph.join.Pooling;
import dev.retort.recipe.DataSettings.Format;
import dev.retort.recipe.InputSettings.Layout;
import dev.retort.recipe.InputSettings.Mode;
import dev.retort.recipe.InputSettings.Resize;
import dev.retort.recipe.Step.OpGroup;
import dev.retort.recipe.Step.Preset;
import dev.retort.recipe.Step.RangeMethod;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Every key of a recipe, once: its type, range, default and meaning. Reading, printing and the
 * reference follow it; a new key is added here and to its record.
 */
final class RecipeKeys {
  private static final List<ElementType> SOURCE_TYPES =
      List.of(
          ElementType.UINT8,
          ElementType.INT8,
          ElementType.INT16,
          ElementType.INT32,
          ElementType.INT64,
          ElementType.FLOAT32,
          ElementType.FLOAT64);

  static final Key<String> NAME =
      required(
          "name",
          KeyTypes.text("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "of 1 to 64 letters, digits, . _ -"),
          "Names the run; its directory is `runs/<name>-<12 hex of the resolved recipe>`.");
  static final Key<List<String>> MODEL =
      required(
          "model",
          KeyTypes.oneOrTwoTexts(),
          "The trained ONNX model: what is made smaller, and what every ratio is against. Of"
              + " `[encoder, head]` the two are joined.");
  static final Key<Pooling> POOLING =
      optional(
          "pooling",
          KeyTypes.choice(List.of(Pooling.values())),
          "How the encoder's first output [N, tokens, width] becomes one vector for the head; must"
              + " be given with a head. `mean`: of the tokens that `attention_mask` keeps, `cls`:"
              + " the first token.");
  static final Key<Boolean> NORMALIZE =
      literal(
          "normalize",
          KeyTypes.flag(),
          "false",
          "Whether that vector is divided by its Euclidean length, for a model of two.");

  static final Key<Format> TRAIN_FORMAT = format("data.train");
  static final Key<String> TRAIN_PATH = path("data.train");
  static final Key<SortedMap<String, String>> TRAIN_OPTIONS = options("data.train");
  static final Key<Format> TEST_FORMAT = format("data.test");
  static final Key<String> TEST_PATH = path("data.test");
  static final Key<SortedMap<String, String>> TEST_OPTIONS = options("data.test");
  static final Key<Double> VALIDATION_FRACTION =
      literal(
          "data.validation.fraction",
          KeyTypes.number("above 0 and below 1", x -> x > 0 && x < 1),
          "0.1",
          "Part of the training rows, stratified by label and at most 10,000, that choices are"
              + " measured on.");
  static final Key<Long> VALIDATION_SEED =
      derived(
          "data.validation.seed",
          KeyTypes.wholeNumber(0, Long.MAX_VALUE),
          "the value of `seed`",
          "Decides which rows the validation split takes.");
  static final Key<String> COLUMN =
      derived(
          "data.inputs.*.column",
          KeyTypes.text(),
          "the input's name",
          "The column of the source that holds the input.");
  static final Key<ElementType> TYPE =
      derived(
          "data.inputs.*.type",
          KeyTypes.choice(SOURCE_TYPES),
          "required, but for a text",
          "The element type of the source; it is kept in the canonical data.");
  static final Key<Dims> SHAPE =
      derived(
          "data.inputs.*.shape",
          KeyTypes.shape(),
          "required, but for a text",
          "The dimensions of one sample as stored, without the batch.");
  static final Key<Double> SCALE =
      literal(
          "data.inputs.*.scale",
          KeyTypes.number("other than 0", x -> x != 0),
          "1",
          "The model receives `(x * scale - mean) / std`, computed in the graph.");
  static final Key<List<Double>> MEAN =
      literal(
          "data.inputs.*.mean",
          KeyTypes.numbers("(one, or one a channel)", x -> true),
          "0",
          "Subtracted after scaling.");
  static final Key<List<Double>> STD =
      literal(
          "data.inputs.*.std",
          KeyTypes.numbers("above 0 (one, or one a channel)", x -> x > 0),
          "1",
          "Divides last.");
  static final Key<Layout> LAYOUT =
      literal(
          "data.inputs.*.layout",
          KeyTypes.choice(List.of(Layout.values())),
          "keep",
          "Whether stored [H, W, C] is turned into the [C, H, W] that the model takes.");
  static final Key<Resize> RESIZE =
      literal(
          "data.inputs.*.resize",
          KeyTypes.choice(List.of(Resize.values())),
          "none",
          "What happens to an image of another size: a bad row, stretched, or covered and cropped.");
  static final Key<Mode> MODE =
      literal(
          "data.inputs.*.mode",
          KeyTypes.choice(List.of(Mode.values())),
          "auto",
          "The channels that an image is decoded to; `auto` follows the shape.");
  static final Key<String> TOKENIZER =
      optional(
          "data.inputs.*.tokenizer",
          KeyTypes.text(),
          "Makes the input a text: the `tokenizer.json` of the model. Feeds `input_ids`,"
              + " `attention_mask` and `token_type_ids`, those that the model has.");
  static final Key<Integer> MAX_LENGTH =
      literal(
              "data.inputs.*.max-length",
              KeyTypes.count(1, 65_536),
              "128",
              "What a text is cut to, those counted that the tokenizer adds.")
          .in("tokens");
  static final Key<Padding> PAD_TO =
      literal(
          "data.inputs.*.pad-to",
          KeyTypes.choice(List.of(Padding.values())),
          "longest",
          "`longest`: texts run sorted by length, padded to the longest of their batch;"
              + " `max-length`: as stored, all padded to that.");
  static final Key<String> LABEL_COLUMN =
      literal("data.label.column", KeyTypes.text(), "label", "The column of the class number.");
  static final Key<Integer> CLASSES =
      required(
              "data.label.classes",
              KeyTypes.count(2, 1_000_000),
              "How many classes there are; labels are 0 to one less.")
          .in("classes");
  static final Key<String> ID =
      optional(
          "data.id",
          KeyTypes.text(),
          "The column that names a sample; without it, its content decides its place.");
  static final Key<Double> MAX_BAD_FRACTION =
      literal(
          "data.max-bad-fraction",
          KeyTypes.number("from 0 to 1", x -> x >= 0 && x <= 1),
          "0",
          "The part of unusable rows above which ingest fails; they go to a side file.");

  static final Key<Preset> PRESET =
      literal(
          "steps.*.quantize.preset",
          KeyTypes.choice(List.of(Preset.values())),
          "int8",
          "`int8`, by the graph: convolutional networks static QDQ, activations u8, weights s8 a"
              + " channel, bias s32; transformers dynamic, embeddings s8 a row.");
  static final Key<Integer> SAMPLES =
      literal(
              "steps.*.quantize.calibration.samples",
              KeyTypes.count(1, 1_000_000),
              "2048",
              "Training samples that are observed, stratified by label.")
          .in("samples");
  static final Key<RangeMethod> RANGE =
      literal(
          "steps.*.quantize.calibration.range",
          KeyTypes.choice(List.of(RangeMethod.values())),
          "auto",
          "How a convolutional network's ranges are chosen from the observed values; `auto`: the"
              + " best on validation.");
  static final Key<Double> PERCENTILE =
      literal(
              "steps.*.quantize.calibration.percentile",
              KeyTypes.number("above 50 to 100", x -> x > 50 && x <= 100),
              "99.999",
              "Share of the values inside the range, for `range: percentile`.")
          .in("percent");
  static final Key<Optional<SortedSet<OpGroup>>> OPS =
      literal(
          "steps.*.quantize.ops",
          KeyTypes.autoOrSome(List.of(OpGroup.values())),
          "auto",
          "Operators that join Conv and Gemm of a convolutional network; `auto`: measured on"
              + " validation, `[]`: none.");
  static final Key<Double> SMOOTHING =
      literal(
          "steps.*.quantize.smoothing",
          KeyTypes.number("from 0 to 1", x -> x >= 0 && x <= 1),
          "0.8",
          "How much of the outliers of a transformer's activations moves into the weights"
              + " (SmoothQuant's alpha); 0: none, 1: the weights' own outliers do not count. The"
              + " default lets them count; on MiniLM, mean cosines from 0.8 to 1 differ by less"
              + " than 0.0005.");
  static final Key<OptionalInt> TOP_K =
      literal(
              "steps.*.label.top-k",
              KeyTypes.autoOrCount("all", 1, 65_536),
              "all",
              "How many of the teacher's largest outputs are stored for each sample.")
          .in("logits");

  static final Key<OptionalInt> BATCH =
      literal(
              "runtime.batch",
              KeyTypes.autoOrCount("auto", 1, 4096),
              "auto",
              "Samples a run of the model; part of what fixes the bits of a result. `auto`: a"
                  + " short probe decides.")
          .in("samples");
  static final Key<Integer> THREADS =
      literal(
              "runtime.threads",
              KeyTypes.count(1, 256),
              "1",
              "Threads of ONNX Runtime in a task; two tasks of one thread beat one of two.")
          .in("threads");
  static final Key<Optional<ByteSize>> MEMORY_LIMIT =
      literal(
          "runtime.memory-limit",
          KeyTypes.autoOrBytes(new ByteSize(64_000_000)),
          "auto",
          "What one executor may use outside the heap; a run that cannot fit is refused. `auto`:"
              + " what an executor's machine or container has free, shared by the executors on it;"
              + " on YARN and Kubernetes at most Spark's memory overhead.");
  static final Key<Duration> PROBE_TIMEOUT =
      literal(
          "runtime.probe-timeout",
          KeyTypes.duration(Duration.ofSeconds(1), Duration.ofHours(1)),
          "120 s",
          "How long the first load and run of a new model may take, in its own process.");

  static final Key<Double> ACCURACY_DROP =
      optional(
              "gates.accuracy-drop",
              KeyTypes.number("from 0 to 100", x -> x >= 0 && x <= 100),
              "The largest loss of accuracy on the test rows, against the teacher.")
          .in("percentage points");
  static final Key<Double> SIZE_RATIO = ratio("gates.size-ratio", "smaller the model file");
  static final Key<Double> LATENCY_RATIO = ratio("gates.latency-ratio", "faster one sample");
  static final Key<Double> LATENCY_MILLIS =
      optional(
              "gates.latency-millis",
              KeyTypes.number("above 0", x -> x > 0),
              "The largest median latency at batch 1 and one thread.")
          .in("milliseconds");

  static final Key<Long> SEED =
      literal(
          "seed",
          KeyTypes.wholeNumber(0, Long.MAX_VALUE),
          "1",
          "The root of all randomness: splits and the choice of calibration samples.");
  static final Key<Boolean> ALLOW_MIXED_CPU =
      literal(
          "allow-mixed-cpu",
          KeyTypes.flag(),
          "false",
          "Lets executors of different CPU classes take part; marks the run as not reproducible.");
  static final Key<OptionalInt> PARTITIONS =
      literal(
              "spark.partitions",
              KeyTypes.autoOrCount("auto", 1, 100_000),
              "auto",
              "Partitions of each Spark job; no result depends on it. `auto`: from the cores.")
          .in("partitions");

  private static final List<Key<?>> ALL =
      List.of(
          NAME,
          MODEL,
          POOLING,
          NORMALIZE,
          TRAIN_FORMAT,
          TRAIN_PATH,
          TRAIN_OPTIONS,
          TEST_FORMAT,
          TEST_PATH,
          TEST_OPTIONS,
          VALIDATION_FRACTION,
          VALIDATION_SEED,
          COLUMN,
          TYPE,
          SHAPE,
          SCALE,
          MEAN,
          STD,
          LAYOUT,
          RESIZE,
          MODE,
          TOKENIZER,
          MAX_LENGTH,
          PAD_TO,
          LABEL_COLUMN,
          CLASSES,
          ID,
          MAX_BAD_FRACTION,
          PRESET,
          SAMPLES,
          RANGE,
          PERCENTILE,
          OPS,
          SMOOTHING,
          TOP_K,
          BATCH,
          THREADS,
          MEMORY_LIMIT,
          PROBE_TIMEOUT,
          ACCURACY_DROP,
          SIZE_RATIO,
          LATENCY_RATIO,
          LATENCY_MILLIS,
          SEED,
          ALLOW_MIXED_CPU,
          PARTITIONS);

  private static final Map<String, Key<?>> BY_PATH = new LinkedHashMap<>();

  static {
    ALL.forEach(key -> BY_PATH.put(key.path(), key));
  }

  private RecipeKeys() {}

  /** Every key, in the order of the reference. */
  static List<Key<?>> all() {
    return ALL;
  }

  /** The key of a path in which {@code *} stands for names and indices. */
  static Optional<Key<?>> at(String pattern) {
    return Optional.ofNullable(BY_PATH.get(pattern));
  }

  /** The names that may stand below {@code pattern}: of keys and of sections. */
  static SortedSet<String> below(String pattern) {
    String prefix = pattern.isEmpty() ? "" : pattern + ".";
    SortedSet<String> names = new TreeSet<>();
    BY_PATH.keySet().stream()
        .filter(path -> path.startsWith(prefix))
        .forEach(path -> names.add(path.substring(prefix.length()).split("\\.", 2)[0]));
    return names;
  }

  private static Key<Format> format(String source) {
    return required(
        source + ".format", KeyTypes.choice(List.of(Format.values())), "How the files are read.");
  }

  private static Key<String> path(String source) {
    return required(
        source + ".path",
        KeyTypes.text(),
        "A file, folder or URI; relative to the working directory.");
  }

  private static Key<SortedMap<String, String>> options(String source) {
    return literal(
        source + ".options",
        KeyTypes.options(),
        "{}",
        "Options of the reader of that format, such as `header` of CSV.");
  }

  private static Key<Double> ratio(String path, String what) {
    return optional(
            path,
            KeyTypes.number("above 0", x -> x > 0),
            "How many times " + what + " must be, at least, against the teacher.")
        .in("times");
  }
}
