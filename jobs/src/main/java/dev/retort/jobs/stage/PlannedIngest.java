package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.jobs.ingest.IngestRequest;
import dev.retort.jobs.ingest.SourceFiles;
import dev.retort.jobs.ingest.StoredData;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.jobs.stage.StageKeys.IngestPart;
import dev.retort.recipe.DataSettings;
import java.util.List;
import java.util.Optional;

/**
 * A data set of a recipe, looked for without Spark.
 *
 * @param name such as {@code validation}
 * @param path where its rows are read from
 * @param files which files these are
 * @param stored what the store has of it already
 */
record PlannedIngest(
    String name, String path, SourceFiles files, Optional<DatasetDescriptor> stored) {

  /**
   * The training, validation and test data, in this order.
   *
   * @throws dev.retort.error.UserError if a source is missing
   */
  static List<PlannedIngest> of(DataSettings data, DataInputs inputs, StageKeys keys) {
    IngestRequest train = IngestStage.train(data, inputs);
    IngestRequest test = IngestStage.test(data, inputs);
    return List.of(
        find(train.name(), train, IngestPart.DATA, keys),
        find("validation", train, IngestPart.VALIDATION, keys),
        find(test.name(), test, IngestPart.DATA, keys));
  }

  private static PlannedIngest find(
      String name, IngestRequest request, IngestPart part, StageKeys keys) {
    SourceFiles files = SourceFiles.of(request, HadoopSettings.ofThisProcess());
    return new PlannedIngest(
        name, request.source().path(), files, StoredData.find(keys.ingest(request, files, part)));
  }

  /** One clause for people: what is stored, else what is to be read. */
  String words() {
    return stored
        .map(PlannedIngest::content)
        .orElse(
            "%d files, %,d bytes, in %s"
                .formatted(files.files().size(), files.lengthBytes(), path));
  }

  private static String content(DatasetDescriptor data) {
    String samples = "%,d samples in %d shards".formatted(data.samples(), data.shards());
    return data.lengths() == null ? samples : samples + "; texts of " + data.lengths().words();
  }
}
