package dev.retort.jobs.spark;

import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.MDC;

/**
 * Puts the run's id into every log line of the driver and of executors.
 *
 * <p>The driver's thread and, through Spark's local properties, each task have it as {@value #KEY}
 * in the logging context, so runs that share a process are told apart. Threads that belong to no
 * run, such as Spark's scheduler, have the system property {@value #PROPERTY}, which {@link
 * RetortPlugin} sets on executors. {@code conf/log4j2.properties} prints the first that is there.
 */
public final class RunLog {
  /** The key in the logging context; Spark hands on to tasks what begins with {@code mdc.}. */
  public static final String KEY = "mdc.run";

  /** The system property with the run that this process works for. */
  public static final String PROPERTY = "retort.run";

  private RunLog() {}

  /** From now on, lines of this thread, of the jobs it starts and of this process name the run. */
  public static void begin(String runId, JavaSparkContext spark) {
    ofProcess(runId);
    MDC.put(KEY, runId);
    spark.setLocalProperty(KEY, runId);
  }

  static void ofProcess(String runId) {
    System.setProperty(PROPERTY, runId);
  }
}
