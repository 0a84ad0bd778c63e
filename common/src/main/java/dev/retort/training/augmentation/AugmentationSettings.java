package dev.retort.training.augmentation;

import dev.retort.error.UserError;

/** Checks of the settings of augmentations. */
final class AugmentationSettings {
  private AugmentationSettings() {}

  /** Refuses what is no probability. */
  static void requireProbability(String setting, double value) {
    require(setting, value, value >= 0 && value <= 1, "0 to 1");
  }

  /**
   * Refuses a number.
   *
   * @throws UserError (exit 2) unless {@code valid}
   */
  static void require(String setting, double value, boolean valid, String range) {
    if (!valid) {
      throw UserError.usage(
          "Cannot augment samples: %s is %s, must be %s; change it"
              .formatted(setting, value, range));
    }
  }
}
