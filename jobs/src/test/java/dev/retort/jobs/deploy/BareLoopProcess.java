package dev.retort.jobs.deploy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * ONNX Runtime alone in a process of its own, with one thread: no Spark, no files, nothing of
 * Retort. Several that are started together run at the same time.
 */
final class BareLoopProcess {
  /** A process is up and warm by then. */
  private static final Duration UNTIL_START = Duration.ofSeconds(10);

  private static final Duration LENGTH = Duration.ofSeconds(20);

  private BareLoopProcess() {}

  /** Samples a second of {@code processes} loops together, in the same seconds of the clock. */
  static double samplesPerSecond(int processes, Path model, int batch)
      throws IOException, InterruptedException {
    long start = System.currentTimeMillis() + UNTIL_START.toMillis();
    List<Process> loops = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      loops.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  BareLoopProcess.class.getName(),
                  model.toString(),
                  Integer.toString(batch),
                  Long.toString(start))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    }
    double together = 0;
    for (Process loop : loops) {
      try (BufferedReader said = loop.inputReader(StandardCharsets.UTF_8)) {
        together += Double.parseDouble(said.readLine());
      }
      if (loop.waitFor() != 0) {
        throw new IllegalStateException("a bare loop ended with exit code " + loop.exitValue());
      }
    }
    return together;
  }

  /** Arguments: the model, the batch, and when to start in milliseconds of the epoch. */
  public static void main(String[] args) throws OrtException, InterruptedException {
    int batch = Integer.parseInt(args[1]);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    try (OrtSession session = environment.createSession(args[0], options);
        OnnxTensor images = images(environment, session, batch)) {
      Map<String, OnnxTensor> inputs = Map.of(session.getInputNames().iterator().next(), images);
      session.run(inputs).close();
      Thread.sleep(Math.max(0, Long.parseLong(args[2]) - System.currentTimeMillis()));
      long runs = 0;
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < LENGTH.toNanos()) {
        session.run(inputs).close();
        runs++;
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      new PrintStream(System.out, true, StandardCharsets.UTF_8).println(runs * batch / seconds);
    }
  }

  private static OnnxTensor images(OrtEnvironment environment, OrtSession session, int batch)
      throws OrtException {
    TensorInfo info = (TensorInfo) session.getInputInfo().values().iterator().next().getInfo();
    long[] shape = info.getShape();
    shape[0] = batch;
    int elements = 1;
    for (long size : shape) {
      elements *= Math.toIntExact(size);
    }
    FloatBuffer values =
        ByteBuffer.allocateDirect(elements * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    Random random = new Random(1);
    for (int i = 0; i < elements; i++) {
      values.put(i, random.nextFloat());
    }
    return OnnxTensor.createTensor(environment, values, shape);
  }
}
