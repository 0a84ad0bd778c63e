package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.TokenLengths;
import dev.retort.jobs.spark.ModelFiles;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.runtime.BatchProbe;
import dev.retort.runtime.Effort;
import dev.retort.runtime.LatencyMeter;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.OpProfile;
import dev.retort.runtime.Quartiles;
import dev.retort.runtime.SessionSettings;
import dev.retort.tensor.Dims;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Times models on the driver while no Spark job runs: batch sizes, latency, operators. Whatever it
 * finds goes to the measurement book, so a repeated run does not measure again.
 */
final class MeasureStage {
  /** The name of the batch in its measurement. */
  static final String BEST_BATCH = "best";

  /** What stages of this kind are called, before what they measure. */
  static final String NAME = "measure";

  /** The kind that finds the batch. */
  static final String BATCH = "batch";

  /** What the kinds of latencies begin with. */
  static final String LATENCY = "latency-";

  /** The kind that finds where a model's time goes. */
  static final String PROFILE = "profile";

  private static final String MODELS = "models";
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** The batches that are tried, smallest first. */
  static final List<Integer> BATCHES = List.of(1, 2, 4, 8, 16, 32, 64, 128);

  private static final List<Integer> LATENCY_BATCHES = List.of(1, 32);
  private static final int PROFILE_RUNS = 20;
  private static final int HASH_DIGITS = 16;
  private static final SessionSettings ONE_THREAD = SessionSettings.standard();

  private final Run run;
  private final Map<String, Dims> sampleDims;

  /**
   * Measures on generated samples, with texts of the length that half of {@code data}'s do not
   * exceed.
   */
  MeasureStage(Run run, StoredDataset data) {
    this.run = run;
    this.sampleDims = sampleDims(run.inputs(), data.descriptor());
  }

  /** The samples to measure with: texts as long as the median of {@code data}. */
  static Map<String, Dims> sampleDims(DataInputs inputs, DatasetDescriptor data) {
    TokenLengths lengths = data.lengths();
    return inputs.storedDims(lengths == null ? 0 : lengths.median());
  }

  /** The batch of the recipe, or the smallest whose throughput is all but the best. */
  int batch(StoredModel model) {
    return run.recipe().runtime().batch().orElseGet(() -> measuredBatch(model));
  }

  private int measuredBatch(StoredModel model) {
    Measurement measured = take(BATCH, List.of(model), () -> throughputs(model));
    return (int) measured.value(BEST_BATCH);
  }

  private SortedMap<String, List<Double>> throughputs(StoredModel model) {
    SortedMap<String, List<Double>> values = new TreeMap<>();
    try (OnnxSession session = open(model, ONE_THREAD.withThreads(run.threads()))) {
      List<BatchProbe.Throughput> measured =
          BatchProbe.measure(session, sampleDims, BATCHES, Effort.brief());
      measured.forEach(
          m -> values.put("samplesPerSecond/" + m.batch(), List.of(m.samplesPerSecond())));
      values.put(BEST_BATCH, List.of((double) BatchProbe.best(measured)));
      return values;
    }
  }

  /**
   * Median milliseconds at batch 1 and 32 on one thread, the models taking turns.
   *
   * @param purpose what the measurement is for; part of its key
   */
  Measurement latency(String purpose, List<StoredModel> models) {
    return take(LATENCY + purpose, models, () -> latencies(models));
  }

  /** The name of a model's median in {@link #latency}. */
  static String medianOf(StoredModel model, int batch) {
    return medianOf(model.sha256().prefix(HASH_DIGITS), batch);
  }

  private static String medianOf(String modelPrefix, int batch) {
    return "medianMillis/batch-%d/%s".formatted(batch, modelPrefix);
  }

  /** The values that a stage will ask {@code measurement} for. */
  static List<String> valuesOf(Measurement measurement) {
    if (measurement.kind().equals(BATCH)) {
      return List.of(BEST_BATCH);
    }
    if (!measurement.kind().startsWith(LATENCY)) {
      return List.of();
    }
    String models = measurement.settings().getOrDefault(MODELS, "");
    return HASH.matcher(models)
        .results()
        .map(match -> match.group().substring(0, HASH_DIGITS))
        .flatMap(model -> LATENCY_BATCHES.stream().map(batch -> medianOf(model, batch)))
        .toList();
  }

  private SortedMap<String, List<Double>> latencies(List<StoredModel> models) {
    SortedMap<String, List<Double>> values = new TreeMap<>();
    Map<String, OnnxSession> sessions = new LinkedHashMap<>();
    try {
      models.forEach(model -> sessions.put(model.sha256().hex(), open(model, ONE_THREAD)));
      LatencyMeter meter = new LatencyMeter(sampleDims, Effort.thorough());
      for (int batch : LATENCY_BATCHES) {
        Map<String, Quartiles> quartiles = meter.measure(sessions, batch);
        for (StoredModel model : models) {
          Quartiles q = quartiles.get(model.sha256().hex());
          String median = medianOf(model, batch);
          values.put(median, List.of(q.median()));
          values.put(median.replace("median", "lowerQuartile"), List.of(q.lower()));
          values.put(median.replace("median", "upperQuartile"), List.of(q.upper()));
        }
      }
      return values;
    } finally {
      sessions.values().forEach(OnnxSession::close);
    }
  }

  /** Where the time of {@code model} goes, by operator and node, at batch 1 on one thread. */
  Measurement profile(StoredModel model) {
    return take(
        PROFILE,
        List.of(model),
        () ->
            ProfileValues.of(
                OpProfile.measure(local(model), ONE_THREAD, sampleDims, 1, PROFILE_RUNS)));
  }

  private Measurement take(
      String kind, List<StoredModel> models, Supplier<SortedMap<String, List<Double>>> measure) {
    SortedMap<String, String> settings = settings(run.runtime(), run.threads(), models, sampleDims);
    return run.measurements().take(kind, settings, () -> run.stage(NAME + " " + kind, measure));
  }

  /** What a measurement of {@code models} depends on. */
  static SortedMap<String, String> settings(
      String runtime, int threads, List<StoredModel> models, Map<String, Dims> sampleDims) {
    SortedMap<String, String> settings = new TreeMap<>();
    settings.put("runtime", runtime);
    settings.put("threads", Integer.toString(threads));
    settings.put(MODELS, models.stream().map(m -> m.sha256().hex()).toList().toString());
    settings.put("inputs", new TreeMap<>(sampleDims).toString());
    return settings;
  }

  private OnnxSession open(StoredModel model, SessionSettings settings) {
    return OnnxSession.open(local(model), settings);
  }

  private Path local(StoredModel model) {
    return ModelFiles.local(model.uri(), model.sha256(), run.store().work().hadoop());
  }
}
