package dev.retort.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.retort.error.InfrastructureError;
import dev.retort.tensor.Dims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the time of a model goes, by ONNX Runtime's own profile: one entry for each node of the
 * graph as ONNX Runtime has optimised it, whose fused nodes have names of their own.
 *
 * @param batch samples a run
 * @param runs how many runs were measured
 * @param nodes by falling time
 */
public record OpProfile(int batch, int runs, List<NodeTime> nodes) {
  private static final int WARM_UP_RUNS = 3;

  /**
   * The time of a node.
   *
   * @param micros microseconds a run, the median
   * @param share its part of the sum over all nodes, 0 to 1
   */
  public record NodeTime(String node, String opType, double micros, double share) {}

  /**
   * The time of all nodes of a type.
   *
   * @param micros microseconds a run, the sum of the nodes' medians
   * @param share its part of the sum over all nodes, 0 to 1
   */
  public record OpTime(String opType, int nodes, double micros, double share) {}

  public OpProfile {
    nodes = List.copyOf(nodes);
  }

  /** The sums by operator type, by falling time. */
  public List<OpTime> operators() {
    Map<String, OpTime> sums = new TreeMap<>();
    for (NodeTime node : nodes) {
      sums.merge(
          node.opType(),
          new OpTime(node.opType(), 1, node.micros(), node.share()),
          (a, b) ->
              new OpTime(
                  a.opType(),
                  a.nodes() + b.nodes(),
                  a.micros() + b.micros(),
                  a.share() + b.share()));
    }
    return sums.values().stream()
        .sorted(Comparator.comparingDouble(OpTime::micros).reversed())
        .toList();
  }

  /** Microseconds a run, the sum over all nodes. */
  public double micros() {
    return nodes.stream().mapToDouble(NodeTime::micros).sum();
  }

  /**
   * Profiles a model on generated inputs.
   *
   * @param sampleDims dimensions of one sample, for the inputs whose dimensions the model leaves
   *     open
   * @param batch samples a run
   * @param runs measured runs, after three that do not count
   * @throws dev.retort.error.UserError as {@link OnnxSession#open}
   * @throws InfrastructureError if the profile cannot be written to the temporary folder
   */
  public static OpProfile measure(
      Path model, SessionSettings settings, Map<String, Dims> sampleDims, int batch, int runs) {
    try (ScratchFolder scratch = ScratchFolder.create("retort-profile")) {
      Path profile = run(model, settings, sampleDims, batch, runs, scratch.path());
      List<NodeTime> nodes = new ArrayList<>(ProfileReader.read(profile, runs));
      nodes.sort(Comparator.comparingDouble(NodeTime::micros).reversed());
      return new OpProfile(batch, runs, nodes);
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot profile model %s: %s; check the temporary folder %s"
              .formatted(model, e.getMessage(), System.getProperty("java.io.tmpdir")),
          e);
    }
  }

  private static Path run(
      Path model,
      SessionSettings settings,
      Map<String, Dims> sampleDims,
      int batch,
      int runs,
      Path folder)
      throws IOException {
    try (SessionOptions options = settings.toOptions()) {
      options.enableProfiling(folder.resolve("profile").toString());
      try (OnnxSession session = OnnxSession.open(model, settings, options);
          TimedModel timed = new TimedModel(session, sampleDims, batch)) {
        timed.run(WARM_UP_RUNS + runs);
        Path profile = session.endProfiling();
        if (!Files.exists(profile)) {
          throw new IOException("ONNX Runtime wrote no profile " + profile);
        }
        return profile;
      }
    } catch (OrtException e) {
      throw OrtFailures.of("profile model " + model, e);
    }
  }
}
