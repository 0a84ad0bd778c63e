package dev.retort.runtime;

import dev.retort.graph.Dim;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.shape.TensorTypes;
import dev.retort.tensor.Dims;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory outside the Java heap that a session and its inferences will hold, before any of them
 * exists.
 *
 * <ul>
 *   <li>weights: a multiple of their bytes that depends on who reads them, 1 to 3.6;
 *   <li>arena: by simulation of ONNX Runtime's allocator on the model's inner values;
 *   <li>buffers: pinned outputs, and inputs of one batch;
 *   <li>base: what the first session of a process takes whatever the model.
 * </ul>
 *
 * <p>For the standard settings. Fitted to a residual and a plain convolutional network of 2.8 and
 * 0.1 MB at batch 1 to 512, with one and two threads, and to a transformer of 90 MB: within 20 % of
 * the growth of resident memory. Not modelled: workspaces of kernels, and weights of sub-graphs.
 *
 * @param weightBytes weights
 * @param arenaBytes arena of the session
 * @param bufferBytes buffers of all callers
 * @param baseBytes base
 * @param unknownValues inner values whose size is not known, which count nothing
 */
public record MemoryPrediction(
    long weightBytes, long arenaBytes, long bufferBytes, long baseBytes, int unknownValues) {
  private static final long BYTES_A_MEGABYTE = 1_000_000;
  private static final long BASE_BYTES = 7L << 19;

  /** The arena settles within this many runs. */
  private static final int RUNS = 3;

  /**
   * How a session is used.
   *
   * @param batch samples a run
   * @param callers threads that run the session at the same time
   * @param sizes sizes of the model's other symbolic dimensions, by name
   */
  public record Load(int batch, int callers, Map<String, Long> sizes) {
    public Load {
      sizes = Map.copyOf(sizes);
    }

    /** A load where only the batch is symbolic. */
    static Load of(int batch, int callers) {
      return new Load(batch, callers, Map.of());
    }
  }

  /** The prediction for a model under a load. */
  public static MemoryPrediction of(Model model, TensorTypes types, Load load) {
    Graph graph = model.graph();
    Map<String, Long> sizes = new HashMap<>(load.sizes());
    graph.requiredInputs().forEach(input -> bindBatch(input, types, load.batch(), sizes));
    ActivationTrace trace = ActivationTrace.of(model, types, sizes);
    return new MemoryPrediction(
        WeightMemory.bytes(graph),
        arena(trace.steps(), load.callers()).touchedBytes(),
        load.callers() * bufferBytes(graph, types, sizes),
        BASE_BYTES,
        trace.unknown());
  }

  /** This and {@code bytes} more of buffers, such as those of shards that are read. */
  public MemoryPrediction plusBuffers(long bytes) {
    return new MemoryPrediction(
        weightBytes, arenaBytes, Math.addExact(bufferBytes, bytes), baseBytes, unknownValues);
  }

  /** The sum of all parts. */
  public long totalBytes() {
    return weightBytes + arenaBytes + bufferBytes + baseBytes;
  }

  /** The sum and its greater parts, such as {@code 64 MB (weights 10, ...)}, rounded up. */
  public String inWords() {
    return "%s (weights %d, inner values %d, buffers %d)"
        .formatted(
            megabytes(totalBytes()),
            inMegabytes(weightBytes),
            inMegabytes(arenaBytes),
            inMegabytes(bufferBytes));
  }

  /** {@code bytes} rounded up to whole MB, as recipes have them. */
  public static String megabytes(long bytes) {
    return inMegabytes(bytes) + " MB";
  }

  private static long inMegabytes(long bytes) {
    return bytes / BYTES_A_MEGABYTE + (bytes % BYTES_A_MEGABYTE == 0 ? 0 : 1);
  }

  private static void bindBatch(
      ValueInfo input, TensorTypes types, long batch, Map<String, Long> sizes) {
    List<Dim> dims = types.of(input.name()).flatMap(ValueType.OfTensor::shape).orElse(List.of());
    if (!dims.isEmpty() && dims.get(0) instanceof Dim.Symbolic symbol) {
      sizes.put(symbol.name(), batch);
    }
  }

  /** All callers run in step, which is the worst that they can do. */
  static ArenaSimulation arena(List<ActivationTrace.Step> steps, int callers) {
    ArenaSimulation arena = new ArenaSimulation();
    for (int run = 0; run < RUNS; run++) {
      for (ActivationTrace.Step step : steps) {
        for (int caller = 0; caller < callers; caller++) {
          Object key = Map.entry(step.buffer(), caller);
          if (step.bytes() > 0) {
            arena.allocate(key, step.bytes());
          } else {
            arena.free(key);
          }
        }
      }
    }
    return arena;
  }

  private static long bufferBytes(Graph graph, TensorTypes types, Map<String, Long> sizes) {
    long sum = 0;
    for (List<ValueInfo> values : List.of(graph.requiredInputs(), graph.outputs())) {
      for (ValueInfo value : values) {
        Dims dims = types.dims(value.name(), sizes).orElse(Dims.of(0));
        sum +=
            types
                .of(value.name())
                .map(type -> type.elementType().byteLength(dims.elementCount()))
                .orElse(0L);
      }
    }
    return sum;
  }
}
