package dev.retort.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.util.Objects;

/**
 * How ONNX Runtime runs a model. Threads never spin while they wait, and kernels are deterministic
 * where ONNX Runtime offers the choice; neither can be changed.
 *
 * @param threads threads that share one run; the caller's is one of them, so 1 adds none
 * @param optimization how far ONNX Runtime rewrites the graph when it loads it
 * @param arena where the memory of inner values comes from
 */
public record SessionSettings(int threads, Optimization optimization, Arena arena) {
  private static final SessionSettings STANDARD =
      new SessionSettings(1, Optimization.ALL, Arena.POOLED);

  /** ONNX Runtime's levels of graph optimisation. */
  public enum Optimization {
    /** The graph as it is. */
    NONE(OptLevel.NO_OPT),
    /** Standard operators only: constant folding, fusions into standard operators. */
    BASIC(OptLevel.BASIC_OPT),
    /** Also fusions into ONNX Runtime's own operators. */
    EXTENDED(OptLevel.EXTENDED_OPT),
    /** Also layouts that fit this machine's instruction sets. */
    ALL(OptLevel.ALL_OPT);

    private final OptLevel level;

    Optimization(OptLevel level) {
      this.level = level;
    }
  }

  /** Where the memory of inner values comes from. */
  public enum Arena {
    /** Kept by the session between runs: fast, held until the session closes. */
    POOLED,
    /** Asked from the system in each run and given back: slower, nothing held between runs. */
    NONE
  }

  public SessionSettings {
    Objects.requireNonNull(optimization, "optimization");
    Objects.requireNonNull(arena, "arena");
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", must be 1 or more");
    }
  }

  /** One thread, all optimisations, pooled memory. */
  public static SessionSettings standard() {
    return STANDARD;
  }

  public SessionSettings withThreads(int newThreads) {
    return new SessionSettings(newThreads, optimization, arena);
  }

  public SessionSettings withOptimization(Optimization newOptimization) {
    return new SessionSettings(threads, newOptimization, arena);
  }

  public SessionSettings withArena(Arena newArena) {
    return new SessionSettings(threads, optimization, newArena);
  }

  /** The form that stands in fingerprints and reports. */
  public String name() {
    return "threads=%d optimization=%s arena=%s".formatted(threads, optimization, arena);
  }

  /** These settings as ONNX Runtime takes them; the caller closes them. */
  SessionOptions toOptions() throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(optimization.level);
      options.setDeterministicCompute(true);
      options.setCPUArenaAllocator(arena == Arena.POOLED);
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
