package dev.retort.runtime;

import dev.retort.tensor.SampleBlock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Measures in a fresh process by how much a session under load makes resident memory grow. */
final class MemoryGrowth {
  private static final int RUNS = 6;

  private MemoryGrowth() {}

  /** Bytes of growth, in a JVM of 64 MB heap in which ONNX Runtime has run another model before. */
  static long measure(Path model, int batch, int callers, int threads)
      throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                ProbeProcess.JAVA.toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryGrowth.class.getName(),
                model.toString(),
                Fashion.STUDENT.toString(),
                Integer.toString(batch),
                Integer.toString(callers),
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (child.waitFor() != 0) {
      throw new IllegalStateException("the measuring process failed: " + output);
    }
    return Long.parseLong(output.strip());
  }

  public static void main(String[] arguments) throws Exception {
    SessionSettings settings = SessionSettings.standard();
    try (OnnxSession other = OnnxSession.open(Path.of(arguments[1]), settings)) {
      for (int i = 0; i < 20; i++) {
        other.run(GeneratedInputs.of(other, Map.of()).samples(1));
      }
    }
    long before = ResidentMemory.ofThisProcess().nowBytes();
    load(
        Path.of(arguments[0]),
        settings.withThreads(Integer.parseInt(arguments[4])),
        Integer.parseInt(arguments[2]),
        Integer.parseInt(arguments[3]));
    System.out.println(ResidentMemory.ofThisProcess().peakBytes() - before);
  }

  private static void load(Path model, SessionSettings settings, int batch, int callers)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try (OnnxSession session = OnnxSession.open(model, settings)) {
      Map<String, SampleBlock> inputs = GeneratedInputs.of(session, Map.of()).samples(batch);
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        ShardInference inference = new ShardInference(session, batch);
        tasks.add(
            () -> {
              inference.run(inputs, (next, outputs) -> {});
              return batch;
            });
      }
      for (int run = 0; run < RUNS; run++) {
        for (Future<Integer> done : threads.invokeAll(tasks)) {
          done.get();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
