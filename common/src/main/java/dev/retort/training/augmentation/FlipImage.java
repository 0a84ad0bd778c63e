package dev.retort.training.augmentation;

import dev.retort.data.Layout;
import dev.retort.tensor.SampleBlock;

/**
 * Mirrors an image.
 *
 * @param probability that it does, 0 to 1
 */
public record FlipImage(double probability, Direction direction, Layout layout)
    implements Augmentation {

  /** What changes places. */
  public enum Direction {
    LEFT_RIGHT,
    UP_DOWN
  }

  public FlipImage {
    AugmentationSettings.requireProbability("the probability of a flip", probability);
  }

  @Override
  public void apply(SampleBlock source, SampleBlock target, SampleRandom random) {
    ImageGrid grid = ImageGrid.of(source.sampleDims(), layout);
    boolean flips = random.happens(probability);
    boolean columns = flips && direction == Direction.LEFT_RIGHT;
    boolean rows = flips && direction == Direction.UP_DOWN;
    for (int y = 0; y < grid.height(); y++) {
      int fromY = rows ? grid.height() - 1 - y : y;
      for (int x = 0; x < grid.width(); x++) {
        grid.copy(source, fromY, columns ? grid.width() - 1 - x : x, target, y, x);
      }
    }
  }
}
