package dev.retort.recipe;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The steps that the design knows; only some are part of this version. */
enum StepKind {
  FINE_TUNE(false),
  DISTILL(false),
  PRUNE(false),
  FUSE(true),
  QUANTIZE(true),
  EXPORT(false),
  LABEL(true);

  private final boolean supported;

  StepKind(boolean supported) {
    this.supported = supported;
  }

  boolean isSupported() {
    return supported;
  }

  /** The name in a recipe. */
  String key() {
    return KeyTypes.kebab(this);
  }

  static Optional<StepKind> of(String key) {
    return Arrays.stream(values()).filter(kind -> kind.key().equals(key)).findFirst();
  }

  /** The names that a recipe of this version may use. */
  static List<String> supportedKeys() {
    return Arrays.stream(values()).filter(StepKind::isSupported).map(StepKind::key).toList();
  }
}
