package dev.retort.data;

/** Order of the axes of one stored sample, against the order that the model takes. */
public enum Layout {
  /** Stored as the model takes it. */
  AS_MODEL,
  /** Stored {@code [H, W, C]}, while the model takes {@code [C, H, W]}. */
  CHANNELS_LAST
}
