package dev.retort.recipe;

import dev.retort.data.Padding;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The data of a run.
 *
 * @param train what calibration and validation samples are taken from
 * @param test what each step is evaluated on, once
 * @param validation the part of {@code train} that choices are measured on
 * @param inputs the model's inputs by name, without the text
 * @param text the input that is a text, if there is one
 * @param label where the class of a sample is; without it, steps are compared with the teacher only
 * @param id the column that names a sample; without it, its content does
 * @param maxBadFraction the fraction of unusable rows, 0 to 1, above which ingest fails
 */
public record DataSettings(
    Source train,
    Source test,
    Validation validation,
    SortedMap<String, InputSettings> inputs,
    Optional<TextSettings> text,
    Optional<Label> label,
    Optional<String> id,
    double maxBadFraction) {

  public DataSettings {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
  }

  /** How long the texts of a batch are made. */
  public Padding padding() {
    return text.map(TextSettings::padTo).orElse(Padding.LONGEST);
  }

  /** What Retort can read. */
  public enum Format {
    PARQUET,
    ORC,
    CSV,
    JSON,
    IMAGES,
    IDX
  }

  /**
   * Files of one format.
   *
   * @param path a file, folder or URI of any Hadoop file system; relative to the working directory
   * @param options what Spark's reader of the format understands, such as {@code header}
   */
  public record Source(Format format, String path, SortedMap<String, String> options) {
    public Source {
      options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
    }
  }

  /**
   * The stratified split of the training rows.
   *
   * @param fraction above 0, below 1
   */
  public record Validation(double fraction, long seed) {}

  /**
   * The class of a sample: an integer from 0 to {@code classes} - 1.
   *
   * @param classes at least 2
   */
  public record Label(String column, int classes) {}
}
