package dev.retort.jobs.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retort.data.ShardPlan;
import dev.retort.error.InterruptedRunError;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.spark.StoredDataset;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileUtil;

/**
 * What most people write today: pyspark's {@code mapInPandas} with ONNX Runtime, in Python
 * processes of its own. It gets Parquet files with the tensors ready, texts padded and tokenized.
 */
final class PandasPeer {
  /** Rows a run, as most people choose. */
  static final int BATCH = 32;

  private static final String SCRIPT = "map_in_pandas.py";
  private static final int MOST_WORDS = 300;

  /** A peer that hangs must not hold up the figures of the others. */
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final Run run;
  private final BenchRequest request;

  PandasPeer(Run run, BenchRequest request) {
    this.run = run;
    this.request = request;
  }

  /** The peer's figure, or why there is none; it never fails the benchmark. */
  BenchResult.Way execute(Path model, StoredDataset data, ShardPlan plan) {
    if (!request.hasPeer()) {
      return without("not run: --python is none");
    }
    try {
      Path folder = Files.createTempDirectory("retort-bench");
      try {
        String missing = missing();
        return missing.isEmpty() ? measured(folder, model, data, plan) : without(missing);
      } finally {
        FileUtil.fullyDelete(folder.toFile());
      }
    } catch (IOException e) {
      return without("not run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedRunError("Stopped by a signal; repeat the command", e);
    }
  }

  private static BenchResult.Way without(String reason) {
    return new BenchResult.Way(BenchResult.PEER, 0, reason);
  }

  /** Why Python cannot run the peer; empty if it can. */
  private String missing() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(request.python(), "-c", "import pyspark, onnxruntime, pandas, pyarrow")
            .redirectErrorStream(true);
    try (PeerProcess python = new PeerProcess(builder, LONGEST);
        BufferedReader output = python.output()) {
      String last = output.lines().reduce((first, second) -> second).orElse("");
      int code = python.exitCode();
      if (python.ranOutOfTime()) {
        return "not run: %s did not import its modules within %d s"
            .formatted(request.python(), LONGEST.toSeconds());
      }
      return code == 0
          ? ""
          : "not run: %s says %s; pip install pyspark==3.5.9 onnxruntime pandas pyarrow"
              .formatted(request.python(), lastLine(last));
    }
  }

  private BenchResult.Way measured(Path folder, Path model, StoredDataset data, ShardPlan plan)
      throws IOException, InterruptedException {
    List<PeerData.Column> columns;
    try {
      columns = PeerData.write(run.session(), data, plan, folder.resolve("data"));
    } catch (RuntimeException e) {
      // Spark wraps what a full disk says in many ways; only the peer needs these files.
      return without(
          "not run: cannot write its data to %s: %s".formatted(folder, lastLine(e.toString())));
    }
    Map<String, Object> spec = new TreeMap<>();
    spec.put("model", model.toString());
    spec.put("data", folder.resolve("data").toString());
    spec.put("out", folder.resolve("out").toString());
    spec.put("batch", BATCH);
    spec.put("slots", run.slots());
    spec.put("passes", request.passes());
    spec.put("inputs", columns);
    Files.write(folder.resolve("spec.json"), Json.bytes(spec));
    return run(folder, plan.samples());
  }

  private BenchResult.Way run(Path folder, long samples) throws IOException, InterruptedException {
    Path script = folder.resolve(SCRIPT);
    try (InputStream source = PandasPeer.class.getResourceAsStream(SCRIPT)) {
      Files.copy(source, script);
    }
    Path log = folder.resolve("peer.log");
    ProcessBuilder builder =
        new ProcessBuilder(
            request.python(), script.toString(), folder.resolve("spec.json").toString());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("PYSPARK_PYTHON", request.python());
    try (PeerProcess python = new PeerProcess(builder.redirectError(log.toFile()), LONGEST);
        BufferedReader lines = python.output()) {
      double seconds = 0;
      StringBuilder versions = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode said = new ObjectMapper().readTree(line);
        seconds = said.path("seconds").asDouble(seconds);
        said.path("versions")
            .fields()
            .forEachRemaining(
                v ->
                    versions
                        .append(v.getKey())
                        .append(' ')
                        .append(v.getValue().asText())
                        .append(' '));
      }
      int code = python.exitCode();
      if (python.ranOutOfTime()) {
        return without(
            "stopped after %d s; let it label fewer samples (--samples)"
                .formatted(LONGEST.toSeconds()));
      }
      return code == 0
          ? new BenchResult.Way(BenchResult.PEER, samples / seconds, versions.toString().strip())
          : without("ended with exit code %d: %s".formatted(code, lastLine(Files.readString(log))));
    }
  }

  private static String lastLine(String text) {
    String last = text.strip().lines().reduce((first, second) -> second).orElse("nothing");
    return last.substring(0, Math.min(MOST_WORDS, last.length()));
  }
}
