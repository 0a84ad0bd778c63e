package dev.retort.jobs.stage;

import dev.retort.jobs.mllib.ClassificationMetrics;
import java.util.List;

/**
 * {@code confusion.csv}: a row for each labelled class, with the samples that were called each
 * class, and the F1 of the class.
 *
 * <pre>
 *   labelled,called 0,called 1,f1
 *   0,95,5,0.95
 * </pre>
 */
final class ConfusionCsv {
  private ConfusionCsv() {}

  static String of(ClassificationMetrics metrics) {
    List<List<Long>> counts = metrics.counts();
    StringBuilder csv = new StringBuilder("labelled,");
    for (int called = 0; called < counts.size(); called++) {
      csv.append("called ").append(called).append(',');
    }
    csv.append("f1\n");
    for (int labelled = 0; labelled < counts.size(); labelled++) {
      csv.append(labelled).append(',');
      counts.get(labelled).forEach(count -> csv.append(count).append(','));
      csv.append(metrics.classF1().get(labelled)).append('\n');
    }
    return csv.toString();
  }
}
