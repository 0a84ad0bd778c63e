package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.ImageColors;
import dev.retort.data.ImageFit;
import dev.retort.jobs.ingest.ImageDecoding;
import dev.retort.jobs.ingest.Ingest;
import dev.retort.jobs.ingest.IngestRequest;
import dev.retort.jobs.ingest.IngestResult;
import dev.retort.jobs.ingest.IngestTargets;
import dev.retort.jobs.ingest.SourceFiles;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.StageStore;
import dev.retort.jobs.spark.ChunkCheck;
import dev.retort.jobs.spark.StoredDataset;
import dev.retort.jobs.spark.StoredShards;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.InputSettings;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the user's data once into canonical shards: train, validation and test. */
final class IngestStage {
  private static final String NAME = "ingest";

  private final Run run;
  private final DataSettings data;

  IngestStage(Run run) {
    this.run = run;
    this.data = run.recipe().data();
  }

  Datasets execute() {
    run.writer().writeJson(RunDirectory.SOURCES, DataSources.of(data, run.inputs()));
    Ingested train = ingest(train(data, run.inputs()));
    Ingested test = ingest(test(data, run.inputs()));
    return new Datasets(train.data(), train.validation().orElseThrow(), new TestSplit(test.data()));
  }

  private record Ingested(StoredDataset data, Optional<StoredDataset> validation) {}

  /** What is asked of the training source: its rows, and validation split off. */
  static IngestRequest train(DataSettings data, DataInputs inputs) {
    return request(data, inputs, "train", data.train(), Optional.of(data.validation()));
  }

  /** What is asked of the test source. */
  static IngestRequest test(DataSettings data, DataInputs inputs) {
    return request(data, inputs, "test", data.test(), Optional.empty());
  }

  private static IngestRequest request(
      DataSettings data,
      DataInputs inputs,
      String title,
      DataSettings.Source source,
      Optional<DataSettings.Validation> validation) {
    return new IngestRequest(
        title,
        source,
        inputs.columns(data),
        inputs.tokenizer(),
        images(data),
        data.maxBadFraction(),
        validation,
        0);
  }

  private Ingested ingest(IngestRequest request) {
    SourceFiles files = SourceFiles.of(request, run.session().sparkContext().hadoopConfiguration());
    StageStore store = run.keys().ingest(request, files, StageKeys.IngestPart.DATA);
    Optional<StageStore> split =
        request
            .validation()
            .map(v -> run.keys().ingest(request, files, StageKeys.IngestPart.VALIDATION));
    IngestTargets targets = new IngestTargets(store, split);
    ChunkCheck.verify(run.spark(), store);
    split.ifPresent(validation -> ChunkCheck.verify(run.spark(), validation));
    IngestResult result =
        Ingest.find(targets)
            .orElseGet(
                () ->
                    run.stage(
                        NAME + " " + request.name(),
                        () ->
                            Ingest.run(
                                run.session(),
                                request.withPartitions(run.recipe().spark().partitions().orElse(0)),
                                targets)));
    return new Ingested(
        stored(store, result.data()), result.validation().map(d -> stored(split.get(), d)));
  }

  private static StoredDataset stored(StageStore store, DatasetDescriptor descriptor) {
    return StoredDataset.of(StoredShards.of(store, descriptor.shards()), descriptor);
  }

  private static SortedMap<String, ImageDecoding> images(DataSettings data) {
    SortedMap<String, ImageDecoding> images = new TreeMap<>();
    data.inputs().forEach((name, input) -> images.put(name, decoding(input)));
    return images;
  }

  private static ImageDecoding decoding(InputSettings input) {
    ImageFit fit =
        switch (input.resize()) {
          case NONE -> ImageFit.NONE;
          case STRETCH -> ImageFit.STRETCH;
          case CROP -> ImageFit.CROP;
        };
    ImageColors colors =
        switch (input.mode()) {
          case AUTO -> ImageColors.BY_CHANNELS;
          case GRAY -> ImageColors.GREY;
          case RGB -> ImageColors.RGB;
        };
    return new ImageDecoding(fit, colors);
  }
}
