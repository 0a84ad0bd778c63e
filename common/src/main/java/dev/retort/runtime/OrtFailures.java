package dev.retort.runtime;

import ai.onnxruntime.OrtException;
import dev.retort.error.InfrastructureError;
import dev.retort.error.RetortException;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import java.util.List;
import java.util.Locale;

/** Says for each failure of ONNX Runtime whether user, machine or model must change. */
final class OrtFailures {
  private static final List<String> OUT_OF_MEMORY =
      List.of("failed to allocate memory", "bad allocation", "bad_alloc", "available memory");

  private OrtFailures() {}

  /**
   * The error for {@code cause}.
   *
   * @param what what cannot be done, such as {@code load model a.onnx}
   */
  static RetortException of(String what, OrtException cause) {
    String reason = String.valueOf(cause.getMessage());
    String message = "Cannot %s: ONNX Runtime says \"%s\"".formatted(what, reason.strip());
    String lower = reason.toLowerCase(Locale.ROOT);
    if (OUT_OF_MEMORY.stream().anyMatch(lower::contains)) {
      return new InfrastructureError(
          message + "; give the process more memory, or a smaller batch", cause);
    }
    return switch (cause.getCode()) {
      case ORT_NOT_IMPLEMENTED -> new UnsupportedModelError(message, cause);
      case ORT_NO_SUCHFILE -> UserError.input(message + "; check the path", cause);
      case ORT_ENGINE_ERROR, ORT_EP_FAIL -> new InfrastructureError(message, cause);
      default -> UserError.input(message, cause);
    };
  }
}
