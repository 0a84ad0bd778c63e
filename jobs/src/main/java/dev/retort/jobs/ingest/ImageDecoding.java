package dev.retort.jobs.ingest;

import dev.retort.data.ImageColors;
import dev.retort.data.ImageFit;
import java.io.Serializable;

/** How encoded images become the tensor of an input. */
public record ImageDecoding(ImageFit fit, ImageColors colors) implements Serializable {
  /** Images must have the input's size; grey for one channel, RGB for three. */
  public static final ImageDecoding AS_IS =
      new ImageDecoding(ImageFit.NONE, ImageColors.BY_CHANNELS);
}
