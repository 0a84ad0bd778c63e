package dev.retort.jobs.stage;

import dev.retort.jobs.ingest.IngestRequest;
import dev.retort.jobs.ingest.SourceFiles;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.DataSettings;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code sources.json}: the files outside the work root that a run's data comes from. A recipe has
 * their paths only: others may lie there by now.
 *
 * @param identities by recipe key: of train and test data the identity of {@link SourceFiles}, of a
 *     tokenizer the digest of its file
 */
record DataSources(SortedMap<String, Sha256> identities) {
  DataSources {
    identities = Collections.unmodifiableSortedMap(new TreeMap<>(identities));
  }

  /**
   * What lies there now.
   *
   * @throws dev.retort.error.UserError if a source is missing
   */
  static DataSources of(DataSettings data, DataInputs inputs) {
    SortedMap<String, Sha256> identities = new TreeMap<>();
    identities.put("data.train", files(IngestStage.train(data, inputs)));
    identities.put("data.test", files(IngestStage.test(data, inputs)));
    inputs
        .columns(data)
        .schema()
        .text()
        .ifPresent(text -> identities.put("data.inputs.*.tokenizer", text.text().tokenizer()));
    return new DataSources(identities);
  }

  private static Sha256 files(IngestRequest request) {
    return SourceFiles.of(request, HadoopSettings.ofThisProcess()).identity();
  }

  /** The first key whose files are not those of {@code other}. */
  Optional<String> differsFrom(DataSources other) {
    return identities.keySet().stream()
        .filter(key -> !identities.get(key).equals(other.identities.get(key)))
        .findFirst();
  }
}
