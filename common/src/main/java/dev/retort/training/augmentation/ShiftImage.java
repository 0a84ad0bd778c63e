package dev.retort.training.augmentation;

import dev.retort.data.Layout;
import dev.retort.tensor.SampleBlock;

/**
 * Moves an image by whole pixels, each way uniform in -most to most; what comes in from outside is
 * {@code fill}. The same as padding all sides by {@code most} and cropping the old size at random,
 * as He et al. (Deep residual learning, 2016, section 4.2) do.
 *
 * @param most pixels, at least 0
 * @param fill a stored value, usually 0
 */
public record ShiftImage(int most, double fill, Layout layout) implements Augmentation {
  public ShiftImage {
    AugmentationSettings.require("the shift", most, most >= 0, "0 pixels or more");
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    ImageGrid grid = ImageGrid.of(source.sampleDims(), layout);
    int down = random.between(-most, most);
    int right = random.between(-most, most);
    Elements filled = Elements.of(target);
    for (int y = 0; y < grid.height(); y++) {
      for (int x = 0; x < grid.width(); x++) {
        int fromY = y - down;
        int fromX = x - right;
        if (fromY >= 0 && fromY < grid.height() && fromX >= 0 && fromX < grid.width()) {
          grid.copy(source, fromY, fromX, target, y, x);
        } else {
          grid.fill(filled, y, x, fill);
        }
      }
    }
  }
}
