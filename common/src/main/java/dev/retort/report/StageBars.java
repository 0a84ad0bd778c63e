package dev.retort.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Where the time went: the stages, slowest first. */
final class StageBars {
  private StageBars() {}

  static void write(Html html, ReportData data) {
    List<StageTime> stages =
        data.stages().stream()
            .sorted(Comparator.comparingDouble(StageTime::seconds).reversed())
            .toList();
    double total = stages.stream().mapToDouble(StageTime::seconds).sum();
    double slowest = stages.isEmpty() ? 1 : Math.max(stages.get(0).seconds(), 1e-9);
    html.open("div", "class", "stages");
    for (StageTime stage : stages) {
      html.open("div", "class", "stage").element("span", "name", stage.name());
      html.element("span", "number", Numbers.seconds(stage.seconds()));
      html.element("span", "share", share(stage.seconds(), total));
      html.open("span", "class", "track");
      html.open("i", "style", "width:" + Axis.percent(100 * stage.seconds() / slowest)).close("i");
      html.close("span").element("span", "note", stage.note()).close("div");
    }
    html.open("div", "class", "stage total").element("span", "name", "all stages");
    html.element("span", "number", Numbers.seconds(total)).close("div");
    html.close("div");
  }

  private static String share(double seconds, double total) {
    return total > 0 ? String.format(Locale.ROOT, "%.0f %%", 100 * seconds / total) : "";
  }
}
