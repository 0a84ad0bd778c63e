package dev.retort.report;

import java.util.Comparator;
import java.util.List;

/** What the run spent its time on: the stages, slowest first. */
final class StageTimes {
  private static final int SHOWN = 12;

  private StageTimes() {}

  static void write(Html html, ReportData data) {
    List<StageTime> stages =
        data.stages().stream()
            .sorted(Comparator.comparingDouble(StageTime::seconds).reversed())
            .toList();
    double total = stages.stream().mapToDouble(StageTime::seconds).sum();
    double slowest = stages.isEmpty() ? 1 : Math.max(stages.get(0).seconds(), 1e-9);
    TimeRows rows = new TimeRows(html);
    html.open("div", "class", "times");
    for (StageTime stage : stages.subList(0, Math.min(SHOWN, stages.size()))) {
      rows.write(
          new TimeRows.Row(
              stage.name(),
              Numbers.seconds(stage.seconds()),
              stage.seconds() / Math.max(total, 1e-9),
              stage.seconds() / slowest,
              stage.note()));
    }
    if (stages.size() > SHOWN) {
      List<StageTime> others = stages.subList(SHOWN, stages.size());
      rows.total(
          others.size() + (others.size() == 1 ? " more stage" : " more stages"),
          Numbers.seconds(others.stream().mapToDouble(StageTime::seconds).sum()));
    }
    rows.total("all stages", Numbers.seconds(total));
    html.close("div");
  }
}
