package dev.retort.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.retort.error.InfrastructureError;
import java.util.Map;

/** The one ONNX Runtime environment of this process, whose version is checked before it starts. */
final class OrtRuntime {
  static final String TELEMETRY_SWITCH = "ORT_DISABLE_TELEMETRY";

  private OrtRuntime() {}

  static OrtEnvironment environment() {
    return Holder.ENVIRONMENT;
  }

  /**
   * Refuses versions from 1.29 on unless telemetry is off: they kill the process without a trace
   * when its command line is long.
   *
   * @throws InfrastructureError if the version is refused
   */
  static void checkVersion(String version, Map<String, String> environment) {
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    int minor = Integer.parseInt(parts[1]);
    boolean hasTelemetry = major > 1 || minor >= 29;
    if (hasTelemetry && !"1".equals(environment.get(TELEMETRY_SWITCH))) {
      throw new InfrastructureError(
          "Cannot start ONNX Runtime: its version is %s, must be 1.28.0; set the environment variable %s=1 to use it nevertheless"
              .formatted(version, TELEMETRY_SWITCH));
    }
  }

  private static final class Holder {
    static final OrtEnvironment ENVIRONMENT = start();

    private static OrtEnvironment start() {
      Package library = OrtEnvironment.class.getPackage();
      if ("onnxruntime".equals(library.getImplementationTitle())) {
        checkVersion(library.getImplementationVersion(), System.getenv());
      }
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "retort");
      checkVersion(environment.getVersion(), System.getenv());
      return environment;
    }
  }
}
