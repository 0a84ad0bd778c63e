package dev.retort.training.augmentation;

import dev.retort.data.Layout;
import dev.retort.tensor.SampleBlock;

/**
 * Cuts a random window out of an image and scales it up to the old size (Szegedy et al., Going
 * deeper with convolutions, 2015, section 6, with the aspect ratio kept): its area is uniform in
 * {@code leastArea} to 1 of the image's, its sides are whole pixels, and its place is uniform.
 *
 * <p>Scaled bilinearly between the centres of pixels, edges repeated: {@code position = (out + 0.5)
 * window / size - 0.5}, in double.
 *
 * @param leastArea above 0, at most 1
 */
public record CropImage(double leastArea, Layout layout) implements Augmentation {
  public CropImage {
    AugmentationSettings.require(
        "the least area of a crop", leastArea, leastArea > 0 && leastArea <= 1, "in (0, 1]");
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    ImageGrid grid = ImageGrid.of(source.sampleDims(), layout);
    double side = Math.sqrt(leastArea + (1 - leastArea) * random.uniform());
    int height = Math.max(1, (int) Math.rint(side * grid.height()));
    int width = Math.max(1, (int) Math.rint(side * grid.width()));
    int top = random.between(0, grid.height() - height);
    int left = random.between(0, grid.width() - width);
    resize(grid, Elements.of(source), new Window(top, left, height, width), Elements.of(target));
  }

  /** A part of the image, in pixels. */
  record Window(int top, int left, int height, int width) {}

  static void resize(ImageGrid grid, Elements source, Window window, Elements target) {
    for (int y = 0; y < grid.height(); y++) {
      Taps rows = Taps.at(y, grid.height(), window.top(), window.height());
      for (int x = 0; x < grid.width(); x++) {
        Taps columns = Taps.at(x, grid.width(), window.left(), window.width());
        for (int plane = 0; plane < grid.planes(); plane++) {
          for (int i = 0; i < grid.values(); i++) {
            double upper = row(grid, source, plane, rows.first(), columns, i);
            double lower = row(grid, source, plane, rows.second(), columns, i);
            target.put(grid.element(plane, y, x) + i, rows.between(upper, lower));
          }
        }
      }
    }
  }

  private static double row(
      ImageGrid grid, Elements source, int plane, int y, Taps columns, int value) {
    return columns.between(
        source.at(grid.element(plane, y, columns.first()) + value),
        source.at(grid.element(plane, y, columns.second()) + value));
  }

  /** The two pixels on an axis that one output pixel lies between, and the second's share. */
  private record Taps(int first, int second, double share) {
    static Taps at(int out, int size, int start, int length) {
      double position = Math.max(0, (out + 0.5) * length / size - 0.5);
      int first = Math.min((int) position, length - 1);
      int second = Math.min(first + 1, length - 1);
      return new Taps(start + first, start + second, position - first);
    }

    double between(double a, double b) {
      return a * (1 - share) + b * share;
    }
  }
}
