package dev.retort.graph.onnx;

import dev.retort.error.UserError;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a model comes from.
 *
 * @param label what to call it in messages
 * @param folder where its external data must lie; empty if it may have none
 */
record Source(String label, Optional<Path> folder) {

  /** The error for a model that cannot be read because of {@code problem}. */
  UserError refuse(String problem) {
    return UserError.input("Cannot read model %s: %s".formatted(label, problem));
  }

  /** As {@link #refuse(String)}, with what led to it. */
  UserError refuse(String problem, Throwable cause) {
    return UserError.input("Cannot read model %s: %s".formatted(label, problem), cause);
  }
}
