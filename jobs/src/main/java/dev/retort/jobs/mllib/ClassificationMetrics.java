package dev.retort.jobs.mllib;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import scala.Tuple3;

/**
 * Accuracy and F1 of a classifier, computed by Spark MLlib from exact counts.
 *
 * @param accuracy share of samples whose predicted class is the labelled one
 * @param macroF1 mean over the labelled classes of 2 P R / (P + R)
 * @param classF1 F1 of each class; 0 for a class without labelled samples
 * @param counts samples by labelled class (row) and predicted class (column)
 */
public record ClassificationMetrics(
    double accuracy, double macroF1, List<Double> classF1, List<List<Long>> counts) {
  private static final int SLICES = 1;

  public ClassificationMetrics {
    classF1 = List.copyOf(classF1);
    counts = counts.stream().map(List::copyOf).toList();
  }

  /** The metrics of a confusion matrix, {@code confusion[labelled][predicted]}. */
  public static ClassificationMetrics of(JavaSparkContext spark, long[][] confusion) {
    List<Tuple3<Object, Object, Object>> cells = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      for (int predicted = 0; predicted < confusion.length; predicted++) {
        if (confusion[label][predicted] > 0) {
          double weight = confusion[label][predicted];
          cells.add(new Tuple3<>((double) predicted, (double) label, weight));
        }
      }
    }
    spark.setJobDescription("Accuracy and F1 from %d counts".formatted(cells.size()));
    try {
      return of(new MulticlassMetrics(spark.parallelize(cells, SLICES).rdd()), confusion);
    } finally {
      spark.setJobDescription(null);
    }
  }

  private static ClassificationMetrics of(MulticlassMetrics metrics, long[][] confusion) {
    double[] labels = metrics.labels();
    double macroF1 = Arrays.stream(labels).map(metrics::fMeasure).average().orElse(0);
    List<Double> classF1 = new ArrayList<>();
    for (int label = 0; label < confusion.length; label++) {
      boolean labelled = Arrays.stream(confusion[label]).sum() > 0;
      classF1.add(labelled ? metrics.fMeasure(label) : 0.0);
    }
    List<List<Long>> counts =
        Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList();
    return new ClassificationMetrics(metrics.accuracy(), macroF1, classF1, counts);
  }
}
