package dev.retort.runtime;

import ai.onnxruntime.OrtProvider;
import dev.retort.provenance.CpuClass;

/**
 * What of the runtime decides the bits that a model computes: it stands in the fingerprint of every
 * stage that runs ONNX Runtime.
 *
 * @param version the version of ONNX Runtime
 * @param provider what computes; {@code CPU} always
 * @param cpuClass the class of processor
 */
public record RuntimeIdentity(String version, String provider, CpuClass cpuClass) {

  /**
   * The identity of this process.
   *
   * @throws dev.retort.error.InfrastructureError if ONNX Runtime is 1.29 or later and its telemetry
   *     is not switched off
   */
  public static RuntimeIdentity ofThisJvm() {
    return new RuntimeIdentity(
        OrtRuntime.environment().getVersion(), OrtProvider.CPU.name(), CpuClass.ofThisMachine());
  }

  /** The form that stands in fingerprints and reports. */
  public String name() {
    return "onnxruntime-%s/%s/%s".formatted(version, provider, cpuClass.name());
  }
}
