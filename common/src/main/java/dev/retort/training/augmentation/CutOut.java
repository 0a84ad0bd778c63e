package dev.retort.training.augmentation;

import dev.retort.data.Layout;
import dev.retort.tensor.SampleBlock;

/**
 * Blanks a square of an image (DeVries and Taylor, Improved regularization of convolutional neural
 * networks with cutout, 2017): its centre is any pixel, so that parts of it may lie outside.
 *
 * @param side of the square in pixels, at least 1
 * @param fill a stored value, usually 0
 */
public record CutOut(int side, double fill, Layout layout) implements Augmentation {
  public CutOut {
    AugmentationSettings.require("the side of a cut-out", side, side >= 1, "1 pixel or more");
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    ImageGrid grid = ImageGrid.of(source.sampleDims(), layout);
    int top = random.between(0, grid.height() - 1) - side / 2;
    int left = random.between(0, grid.width() - 1) - side / 2;
    target.bytes().put(0, source.bytes(), 0, source.sampleBytes());
    Elements blanked = Elements.of(target);
    for (int y = Math.max(0, top); y < Math.min(grid.height(), top + side); y++) {
      for (int x = Math.max(0, left); x < Math.min(grid.width(), left + side); x++) {
        grid.fill(blanked, y, x, fill);
      }
    }
  }
}
