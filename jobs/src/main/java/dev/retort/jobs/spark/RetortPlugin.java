package dev.retort.jobs.spark;

import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * What Retort adds to the processes of a Spark application: the run's id in the log lines of
 * executors, and {@link EngineMetrics} in Spark's metrics system on driver and executors. {@link
 * SparkSessions} registers it; elsewhere {@code spark.plugins} does.
 */
public final class RetortPlugin implements SparkPlugin {
  /** The run of this application, for its executors. */
  static final String RUN = "spark.retort.run";

  @Override
  public DriverPlugin driverPlugin() {
    return new OnDriver();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new OnExecutor();
  }

  private static final class OnDriver implements DriverPlugin {
    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      EngineMetrics.ofThisJvm().register(context.metricRegistry());
      return Map.of();
    }
  }

  private static final class OnExecutor implements ExecutorPlugin {
    @Override
    public void init(PluginContext context, Map<String, String> fromDriver) {
      EngineMetrics.ofThisJvm().register(context.metricRegistry());
      String run = context.conf().get(RUN, "");
      if (!run.isEmpty()) {
        RunLog.ofProcess(run);
        LogSettings.apply();
      }
    }
  }
}
