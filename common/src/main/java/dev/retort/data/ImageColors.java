package dev.retort.data;

/** The colours that an image is decoded to. */
public enum ImageColors {
  /** Grey for one channel, RGB for three. */
  BY_CHANNELS,
  /** Grey, repeated in every channel. */
  GREY,
  /** RGB, which needs three channels. */
  RGB
}
