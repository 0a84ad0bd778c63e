package dev.retort.jobs.ingest;

import dev.retort.data.SampleColumns;
import dev.retort.data.TokenizerFile;
import dev.retort.recipe.DataSettings;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to ingest.
 *
 * @param name the name of the data set, such as {@code train}
 * @param source the files
 * @param columns which columns make a sample
 * @param tokenizer of the input that is a text
 * @param images how images are decoded, by input; {@link ImageDecoding#AS_IS} for the others
 * @param maxBadFraction the fraction of bad rows, 0 to 1, above which ingest fails
 * @param validation the split to take off, if any
 * @param partitions ranges of the sort, which change no result; 0 for as many as the files need
 */
public record IngestRequest(
    String name,
    DataSettings.Source source,
    SampleColumns columns,
    Optional<TokenizerFile> tokenizer,
    SortedMap<String, ImageDecoding> images,
    double maxBadFraction,
    Optional<DataSettings.Validation> validation,
    int partitions) {
  public IngestRequest {
    if (tokenizer.isPresent() != columns.schema().text().isPresent()) {
      throw new IllegalArgumentException("a text needs a tokenizer, and only then");
    }
    images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
  }

  /** A request without images, bad rows, validation split or a wish for partitions. */
  public static IngestRequest of(String name, DataSettings.Source source, SampleColumns columns) {
    return new IngestRequest(
        name, source, columns, Optional.empty(), new TreeMap<>(), 0, Optional.empty(), 0);
  }

  public IngestRequest withMaxBadFraction(double newFraction) {
    return new IngestRequest(
        name, source, columns, tokenizer, images, newFraction, validation, partitions);
  }

  public IngestRequest withValidation(DataSettings.Validation newValidation) {
    return new IngestRequest(
        name,
        source,
        columns,
        tokenizer,
        images,
        maxBadFraction,
        Optional.of(newValidation),
        partitions);
  }

  public IngestRequest withPartitions(int newPartitions) {
    return new IngestRequest(
        name, source, columns, tokenizer, images, maxBadFraction, validation, newPartitions);
  }

  /** How images of {@code input} are decoded. */
  ImageDecoding decoding(String input) {
    return images.getOrDefault(input, ImageDecoding.AS_IS);
  }

  int strata() {
    return columns.label().map(label -> label.classes()).orElse(1);
  }
}
