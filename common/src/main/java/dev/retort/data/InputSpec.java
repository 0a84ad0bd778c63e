package dev.retort.data;

import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.ElementType;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One input of the model: where its values come from, how they are stored, and what the model's
 * prefix computes from them: {@code (value * scale - mean) / std}, then the change of layout.
 *
 * @param name the model input
 * @param column the source column; {@code a0..a783} names 784 columns, {@code a,b} two
 * @param type the stored element type, which is the source's
 * @param shape the stored dimensions of one sample, without the batch axis
 * @param scale factor on the value, 1 for none
 * @param mean subtracted after scaling, one value or one a channel; empty for none
 * @param std divisor after that, one value or one a channel; empty for none
 * @param layout order of the stored axes
 * @param text how texts become this input's tokens, null where it is no text; the shape of a text
 *     is the one of the longest
 */
public record InputSpec(
    String name,
    String column,
    ElementType type,
    List<Long> shape,
    double scale,
    List<Double> mean,
    List<Double> std,
    Layout layout,
    TextSpec text)
    implements Serializable {
  private static final Set<ElementType> STORABLE =
      Set.of(
          ElementType.UINT8,
          ElementType.INT8,
          ElementType.UINT16,
          ElementType.INT16,
          ElementType.INT32,
          ElementType.INT64,
          ElementType.BOOL,
          ElementType.FLOAT16,
          ElementType.FLOAT32,
          ElementType.FLOAT64);

  /**
   * Checks type, shape and channel counts.
   *
   * @throws UserError if the input cannot be stored or preprocessed so
   */
  public InputSpec {
    shape = List.copyOf(shape);
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    check(name, STORABLE.contains(type), "type is " + type + ", must be one of " + STORABLE);
    check(
        name,
        shape.stream().allMatch(size -> size > 0),
        "shape is " + shape + ", must have positive sizes");
    check(name, Double.isFinite(scale) && scale != 0, "scale is " + scale + ", must be non-zero");
    check(
        name,
        std.stream().allMatch(s -> Double.isFinite(s) && s != 0),
        "std is " + std + ", must be non-zero");
    check(
        name,
        layout == Layout.AS_MODEL || shape.size() == 3,
        "layout is channels-last, shape must be [height, width, channels], not " + shape);
    long channels = channels(shape, layout);
    check(name, fits(mean, channels), "mean is " + mean + ", must have 1 or " + channels);
    check(name, fits(std, channels), "std is " + std + ", must have 1 or " + channels);
  }

  /** An input that is stored in the model's layout and only cast, if at all. */
  public static InputSpec of(String name, String column, ElementType type, long... shape) {
    List<Long> sizes = Arrays.stream(shape).boxed().toList();
    return new InputSpec(name, column, type, sizes, 1, List.of(), List.of(), Layout.AS_MODEL, null);
  }

  /** Texts: what is stored of each are the ids of its tokens, as many as it has. */
  public static InputSpec ofText(String column, TextSpec text) {
    return new InputSpec(
        TokenInput.IDS.modelName(),
        column,
        ElementType.INT32,
        List.of((long) text.maxLength()),
        1,
        List.of(),
        List.of(),
        Layout.AS_MODEL,
        text);
  }

  /** The same under another name. */
  InputSpec named(String newName) {
    return new InputSpec(newName, column, type, shape, scale, mean, std, layout, text);
  }

  /** Whether samples are texts, whose lengths differ. */
  public boolean isText() {
    return text != null;
  }

  public InputSpec withScale(double newScale) {
    return new InputSpec(name, column, type, shape, newScale, mean, std, layout, text);
  }

  public InputSpec withNormalization(List<Double> newMean, List<Double> newStd) {
    return new InputSpec(name, column, type, shape, scale, newMean, newStd, layout, text);
  }

  public InputSpec withLayout(Layout newLayout) {
    return new InputSpec(name, column, type, shape, scale, mean, std, newLayout, text);
  }

  /** The stored dimensions of one sample, for a text those of the longest. */
  public Dims dims() {
    return Dims.of(shape.stream().mapToLong(Long::longValue).toArray());
  }

  /** The dimensions of one sample after the prefix. */
  public Dims modelDims() {
    return layout == Layout.AS_MODEL ? dims() : Dims.of(shape.get(2), shape.get(0), shape.get(1));
  }

  /** Stored bytes of one sample, for a text those of the longest. */
  public int sampleBytes() {
    return Math.toIntExact(type.byteLength(dims().elementCount()));
  }

  /** The channels of a stored sample: its first axis, or its last where channels come last. */
  public long channels() {
    return channels(shape, layout);
  }

  /** Whether the prefix computes anything besides a cast. */
  public boolean computes() {
    return scale != 1 || !mean.isEmpty() || !std.isEmpty() || layout != Layout.AS_MODEL;
  }

  /** Whether a stored sample may have {@code bytes} bytes. */
  boolean stores(int bytes) {
    return isText()
        ? bytes > 0 && bytes <= sampleBytes() && bytes % TokenSequences.TOKEN_BYTES == 0
        : bytes == sampleBytes();
  }

  private static long channels(List<Long> shape, Layout layout) {
    return shape.isEmpty() ? 1 : shape.get(layout == Layout.CHANNELS_LAST ? 2 : 0);
  }

  private static boolean fits(List<Double> values, long channels) {
    return values.size() <= 1 || values.size() == channels;
  }

  private static void check(String name, boolean valid, String problem) {
    if (!valid) {
      throw UserError.usage("Cannot use data input " + name + ": its " + problem);
    }
  }
}
