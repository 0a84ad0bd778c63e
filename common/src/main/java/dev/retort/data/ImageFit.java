package dev.retort.data;

/** What is done with an image whose height and width are not those of the input. */
public enum ImageFit {
  /** It is a bad sample. */
  NONE,
  /** Scaled to height and width; the aspect ratio is lost. */
  STRETCH,
  /** Scaled to cover height and width, then the middle is kept. */
  CROP
}
