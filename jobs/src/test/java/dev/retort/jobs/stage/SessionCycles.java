package dev.retort.jobs.stage;

import dev.retort.runtime.GeneratedInputs;
import dev.retort.runtime.OnnxSession;
import dev.retort.runtime.ResidentMemory;
import dev.retort.runtime.SessionSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A Spark application with one task, which opens, runs and closes sessions in its executor. It
 * prints the executor's id and its resident memory before the first cycle and after each part.
 */
final class SessionCycles {
  private static final int SAMPLES = 8;

  private SessionCycles() {}

  /**
   * Runs the cycles and prints one line.
   *
   * @param arguments the model, then the cycles of each part
   */
  public static void main(String[] arguments) {
    Path model = Path.of(arguments[0]);
    List<Integer> parts = new ArrayList<>();
    for (int i = 1; i < arguments.length; i++) {
      parts.add(Integer.parseInt(arguments[i]));
    }
    String file = model.toString();
    try (JavaSparkContext spark =
        new JavaSparkContext(new SparkConf().setAppName("session cycles"))) {
      System.out.println(
          spark.parallelize(List.of(file), 1).map(name -> cycles(Path.of(name), parts)).first());
    }
  }

  private static String cycles(Path model, List<Integer> parts) {
    ResidentMemory memory = ResidentMemory.ofThisProcess();
    StringBuilder line = new StringBuilder("executor " + SparkEnv.get().executorId());
    line.append(' ').append(memory.nowBytes());
    for (int cycles : parts) {
      for (int i = 0; i < cycles; i++) {
        try (OnnxSession session = OnnxSession.open(model, SessionSettings.standard())) {
          if (session.run(GeneratedInputs.of(session, Map.of()).samples(SAMPLES)).isEmpty()) {
            throw new IllegalStateException("the model has no outputs");
          }
        }
      }
      line.append(' ').append(memory.nowBytes());
    }
    return line.toString();
  }
}
