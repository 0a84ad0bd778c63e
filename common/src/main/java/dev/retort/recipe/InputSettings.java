package dev.retort.recipe;

import dev.retort.data.InputSpec;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.util.Arrays;
import java.util.List;

/**
 * One input of the model that is a tensor: {@code (x * scale - mean) / std}, computed in the graph.
 *
 * @param column the column of the source
 * @param type the element type of the source, kept in the canonical data
 * @param shape the dimensions of one sample as stored, without the batch
 * @param scale multiplies each element first
 * @param mean subtracted next; one number, or one a channel
 * @param std divides last; one number, or one a channel
 * @param layout how the stored sample is turned into what the model takes
 * @param resize what is done with an image of another size
 * @param mode the channels that an image is decoded to
 */
public record InputSettings(
    String column,
    ElementType type,
    Dims shape,
    double scale,
    List<Double> mean,
    List<Double> std,
    Layout layout,
    Resize resize,
    Mode mode) {

  public InputSettings {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** The same as what ingest and the graph prefix are told, for the model's input {@code name}. */
  public InputSpec spec(String name) {
    return new InputSpec(
        name,
        column,
        type,
        Arrays.stream(shape.toArray()).boxed().toList(),
        scale,
        without(0, mean),
        without(1, std),
        layout == Layout.HWC_TO_CHW
            ? dev.retort.data.Layout.CHANNELS_LAST
            : dev.retort.data.Layout.AS_MODEL,
        null);
  }

  /** What changes nothing is left out, so that no node of the prefix computes it. */
  private static List<Double> without(double neutral, List<Double> values) {
    return values.stream().allMatch(value -> value == neutral) ? List.of() : values;
  }

  /** The order of an image's axes, stored and wanted. */
  public enum Layout {
    KEEP,
    HWC_TO_CHW
  }

  /** What is done with an image whose height and width are not those of the shape. */
  public enum Resize {
    /** It is a bad row. */
    NONE,
    /** Scaled to the shape, the aspect ratio lost. */
    STRETCH,
    /** Scaled to cover the shape, the middle kept. */
    CROP
  }

  /** The channels of a decoded image. */
  public enum Mode {
    /** Grey for one channel, RGB for three. */
    AUTO,
    GRAY,
    RGB
  }
}
