package dev.retort.jobs;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobStart;

/** Hears what people read of each Spark job; {@code job 7} for one that nobody described. */
public final class JobDescriptions extends SparkListener implements AutoCloseable {
  private final List<String> heard = new CopyOnWriteArrayList<>();

  private JobDescriptions() {}

  /** Listens to all jobs until it is closed. */
  public static JobDescriptions listen() {
    JobDescriptions descriptions = new JobDescriptions();
    SparkTest.session().sparkContext().addSparkListener(descriptions);
    return descriptions;
  }

  /** The descriptions in the order of the jobs, once all events so far have been heard. */
  public List<String> heard() {
    try {
      SparkTest.session().sparkContext().listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
    return List.copyOf(heard);
  }

  @Override
  public void onJobStart(SparkListenerJobStart job) {
    String text = job.properties().getProperty("spark.job.description");
    heard.add(text == null ? "job " + job.jobId() : text);
  }

  @Override
  public void close() {
    SparkTest.session().sparkContext().removeSparkListener(this);
  }
}
