package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.Padding;
import dev.retort.data.SoftLabelFormat;
import dev.retort.jobs.ingest.Ingest;
import dev.retort.jobs.ingest.IngestRequest;
import dev.retort.jobs.ingest.SourceFiles;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.spark.StoredLabels;
import dev.retort.jobs.spark.StoredModel;
import dev.retort.provenance.CpuClass;
import dev.retort.provenance.Fingerprint;
import dev.retort.provenance.Seed;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.Recipe;
import dev.retort.runtime.SessionSettings;
import dev.retort.statistics.StatisticRequest;
import dev.retort.tensor.Dims;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where each stage's result lies, from what it is made of: the stage, its version, its settings,
 * the hashes of its inputs, and for stages that run ONNX Runtime what fixes its bits. The one place
 * that says so; {@code plan} asks it without Spark.
 *
 * @param store the store
 * @param runtime ONNX Runtime and the processors, printed
 * @param threads threads a task
 * @param padding how long the texts of a batch are made
 */
record StageKeys(Store store, String runtime, int threads, Padding padding) {
  private static final int PROBE_VERSION = 1;
  private static final int SUBSET_VERSION = 1;
  private static final int LABEL_VERSION = 1;
  private static final int CALIBRATE_VERSION = 1;
  private static final int EVALUATE_VERSION = 1;

  /** What of an ingested source a store holds. */
  enum IngestPart {
    DATA,
    VALIDATION
  }

  /** The keys of {@code recipe} on processors like this machine's, which need no Spark. */
  static StageKeys ofThisMachine(Recipe recipe, Store store) {
    return new StageKeys(
        store,
        Run.runtime(CpuClass.ofThisMachine().name()),
        recipe.runtime().threads(),
        recipe.data().padding());
  }

  StageStore ingest(IngestRequest request, SourceFiles files, IngestPart part) {
    Fingerprint fingerprint =
        Fingerprint.of("ingest", Ingest.VERSION)
            .with("files", files.identity())
            .with("format", request.source().format())
            .with("options", request.source().options())
            .with("images", request.images())
            .with("label", request.columns().label())
            .with("id", request.columns().id())
            .with("max-bad-fraction", request.maxBadFraction())
            .with("validation", request.validation())
            .with("part", part);
    request
        .columns()
        .inputs()
        .forEach(
            input ->
                fingerprint.with(
                    "input/" + input.name(), List.of(input.column(), input.type(), input.shape())));
    request
        .columns()
        .schema()
        .text()
        .ifPresent(
            input ->
                fingerprint
                    .with("tokenizer", input.text().tokenizer())
                    .with("max-length", input.text().maxLength()));
    return store.open("ingest", fingerprint.sha256());
  }

  /** A trial holds for the inputs and the session that it was made with. */
  StageStore probe(Sha256 model, Map<String, Dims> inputs, SessionSettings settings) {
    return onRuntime(
        Fingerprint.of("probe", PROBE_VERSION)
            .with("model", model)
            .with("inputs", new TreeMap<>(inputs))
            .with("settings", settings),
        1);
  }

  StageStore subset(DatasetDescriptor data, long samples, Seed seed) {
    return store.open(
        "subset",
        Fingerprint.of("subset", SUBSET_VERSION)
            .with("data", data.contentHash())
            .with("samples", samples)
            .with("seed", seed.value())
            .sha256());
  }

  StageStore label(SoftLabelFormat format, DatasetDescriptor data, int batch) {
    return onRuntime(
        Fingerprint.of("label", LABEL_VERSION)
            .with("teacher", format.teacher())
            .with("data", data.contentHash())
            .with("view", format.view())
            .with("top-k", format.topK()),
        batch);
  }

  StageStore calibrate(
      StoredModel model, DatasetDescriptor data, List<StatisticRequest> requests, int batch) {
    return onRuntime(
        Fingerprint.of("calibrate", CALIBRATE_VERSION)
            .with("model", model.sha256())
            .with("data", data.contentHash())
            .with("requests", requests),
        batch);
  }

  StageStore evaluate(StoredModel model, DatasetDescriptor data, StoredLabels teacher) {
    return onRuntime(
        Fingerprint.of("evaluate", EVALUATE_VERSION)
            .with("model", model.sha256())
            .with("data", data.contentHash())
            .with("teacher", teacher.contentHash()),
        teacher.batch());
  }

  /** The teacher's stored logits say all: no model is run. */
  StageStore evaluateTeacher(DatasetDescriptor data, StoredLabels teacher) {
    return store.open(
        "evaluate",
        Fingerprint.of("evaluate", EVALUATE_VERSION)
            .with("data", data.contentHash())
            .with("teacher", teacher.contentHash())
            .sha256());
  }

  /** The stage's name is what the fingerprint began with. */
  private StageStore onRuntime(Fingerprint fingerprint, int batch) {
    if (padding != Padding.LONGEST) {
      fingerprint.with("padding", padding);
    }
    return store.open(
        fingerprint.stage(),
        fingerprint
            .with("runtime", runtime)
            .with("threads", threads)
            .with("batch", batch)
            .with("cut", "whole")
            .sha256());
  }
}
