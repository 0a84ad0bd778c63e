package dev.retort.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/**
 * How ONNX Runtime runs a model: with all of its graph optimisations and pooled memory. Threads
 * never spin while they wait, and kernels are deterministic where ONNX Runtime offers the choice.
 *
 * @param threads threads that share one run; the caller's is one of them, so 1 adds none
 */
public record SessionSettings(int threads) {
  private static final SessionSettings STANDARD = new SessionSettings(1);

  public SessionSettings {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be 1 or more");
    }
  }

  /** One thread. */
  public static SessionSettings standard() {
    return STANDARD;
  }

  public SessionSettings withThreads(int newThreads) {
    return new SessionSettings(newThreads);
  }

  /** These settings as ONNX Runtime takes them; the caller closes them. */
  SessionOptions toOptions() throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OptLevel.ALL_OPT);
      options.setDeterministicCompute(true);
      options.setCPUArenaAllocator(true);
      // A memory pattern is a second block of the same size for each batch size, and saves 1 us a
      // run.
      options.setMemoryPatternOptimization(false);
      // Errors arrive as exceptions; a second copy on stderr would break progress bars.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      return options;
    } catch (OrtException e) {
      options.close();
      throw e;
    }
  }
}
