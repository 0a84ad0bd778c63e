package dev.retort.training.augmentation;

import dev.retort.data.Layout;
import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;

/**
 * Where the pixels of an image are: {@code planes} planes of {@code height} rows of {@code width}
 * pixels of {@code values} elements. {@code [C, H, W]} has C planes of one value, {@code [H, W, C]}
 * one plane of C values, {@code [H, W]} one plane of one value.
 */
record ImageGrid(int planes, int height, int width, int values) {

  /**
   * The grid of images of {@code dims}.
   *
   * @throws UserError (exit 2) if they are no images
   */
  static ImageGrid of(Dims dims, Layout layout) {
    if (dims.rank() == 2) {
      return new ImageGrid(1, (int) dims.size(0), (int) dims.size(1), 1);
    }
    if (dims.rank() != 3) {
      throw UserError.usage(
          "Cannot augment samples as images: their dimensions are %s, must be 2 or 3; leave augmentation out or use that for series"
              .formatted(dims));
    }
    int first = (int) dims.size(0);
    int second = (int) dims.size(1);
    int third = (int) dims.size(2);
    return layout == Layout.CHANNELS_LAST
        ? new ImageGrid(1, first, second, third)
        : new ImageGrid(first, second, third, 1);
  }

  /** The element that the pixel's values begin with. */
  int element(int plane, int y, int x) {
    return ((plane * height + y) * width + x) * values;
  }

  /** Copies the pixel at (fromY, fromX) to (y, x) in all planes. */
  void copy(SampleBlock source, int fromY, int fromX, SampleBlock target, int y, int x) {
    int width = source.type().bits() / Byte.SIZE;
    ByteBuffer from = source.bytes();
    ByteBuffer to = target.bytes();
    for (int plane = 0; plane < planes; plane++) {
      to.put(
          element(plane, y, x) * width, from, element(plane, fromY, fromX) * width, values * width);
    }
  }

  /** Sets all values of the pixel at (y, x). */
  void fill(Elements target, int y, int x, double value) {
    for (int plane = 0; plane < planes; plane++) {
      for (int i = 0; i < values; i++) {
        target.put(element(plane, y, x) + i, value);
      }
    }
  }
}
