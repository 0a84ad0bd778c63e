package dev.retort.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retort.runtime.OpProfile.NodeTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads ONNX Runtime's profile: a JSON array of events. Those of category {@code Node} whose name
 * ends in {@code _kernel_time} are kernels; each {@code model_run} encloses the kernels of one run.
 */
final class ProfileReader {
  private static final String KERNEL = "_kernel_time";

  private record Run(long start, long end) {}

  private record Kernel(String node, String opType, long start, double micros) {}

  private ProfileReader() {}

  /** The nodes in the order of execution, with medians over the last {@code runs} runs. */
  static List<NodeTime> read(Path profile, int runs) throws IOException {
    List<Run> allRuns = new ArrayList<>();
    List<Kernel> kernels = new ArrayList<>();
    for (JsonNode event : new ObjectMapper().readTree(profile.toFile())) {
      String name = event.path("name").asText();
      long start = event.path("ts").asLong();
      long micros = event.path("dur").asLong();
      if (name.equals("model_run")) {
        allRuns.add(new Run(start, start + micros));
      } else if (event.path("cat").asText().equals("Node") && name.endsWith(KERNEL)) {
        String node = name.substring(0, name.length() - KERNEL.length());
        kernels.add(new Kernel(node, event.path("args").path("op_name").asText(), start, micros));
      }
    }
    List<Run> counted = allRuns.subList(Math.max(0, allRuns.size() - runs), allRuns.size());
    return medians(kernels, counted);
  }

  private static List<NodeTime> medians(List<Kernel> kernels, List<Run> runs) {
    Map<String, double[]> micros = new LinkedHashMap<>();
    Map<String, String> opTypes = new LinkedHashMap<>();
    for (Kernel kernel : kernels) {
      for (int run = 0; run < runs.size(); run++) {
        if (kernel.start() >= runs.get(run).start() && kernel.start() <= runs.get(run).end()) {
          opTypes.put(kernel.node(), kernel.opType());
          micros.computeIfAbsent(kernel.node(), node -> new double[runs.size()])[run] +=
              kernel.micros();
          break;
        }
      }
    }
    double total = micros.values().stream().mapToDouble(ProfileReader::median).sum();
    List<NodeTime> nodes = new ArrayList<>();
    micros.forEach(
        (node, times) -> {
          double median = median(times);
          double share = total == 0 ? 0 : median / total;
          nodes.add(new NodeTime(node, opTypes.get(node), median, share));
        });
    return nodes;
  }

  private static double median(double[] times) {
    double[] sorted = times.clone();
    Arrays.sort(sorted);
    return Quartiles.of(sorted).median();
  }
}
