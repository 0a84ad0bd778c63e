package dev.retort.report;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Dots with their 95 % intervals: accuracy, and its paired change against the teacher. */
final class AccuracyPlot {
  private static final int TICKS = 4;

  private record Row(String name, Estimate estimate) {}

  private AccuracyPlot() {}

  static boolean isEmpty(ReportData data) {
    return rows(data, model -> model.quality().accuracy()).isEmpty();
  }

  static void write(Html html, ReportData data) {
    html.open("div", "class", "panels");
    List<Row> accuracies = rows(data, model -> model.quality().accuracy());
    panel(html, "Accuracy, %", accuracies, axis(accuracies, false), AccuracyPlot::accuracy);
    List<Row> changes = rows(data, model -> model.quality().accuracyChange());
    if (!changes.isEmpty()) {
      panel(
          html,
          "Change against the teacher, points",
          changes,
          axis(changes, true),
          estimate -> Numbers.points(estimate.value()));
    }
    html.close("div");
  }

  private static String accuracy(Estimate estimate) {
    return Numbers.fixed(100 * estimate.value(), 2);
  }

  private static List<Row> rows(
      ReportData data, Function<ModelResult, Optional<Estimate>> estimate) {
    return data.models().stream()
        .flatMap(model -> estimate.apply(model).map(e -> new Row(model.name(), e)).stream())
        .toList();
  }

  private static Axis axis(List<Row> rows, boolean withZero) {
    double low = rows.stream().mapToDouble(row -> row.estimate().low()).min().orElse(0);
    double high = rows.stream().mapToDouble(row -> row.estimate().high()).max().orElse(1);
    return new Axis(withZero ? Math.min(low, 0) : low, withZero ? Math.max(high, 0) : high)
        .widened(0.08);
  }

  private static void panel(
      Html html, String title, List<Row> rows, Axis axis, Function<Estimate, String> label) {
    html.open("figure", "class", "dots").open("figcaption").text(title);
    html.element("small", "dot: measured; line: 95 % interval").close("figcaption");
    for (Row row : rows) {
      Estimate estimate = row.estimate();
      html.open("div", "class", "dot").element("span", "name", row.name());
      html.open("span", "class", "track");
      grid(html, axis);
      html.open("u", "style", interval(axis, estimate)).close("u");
      html.open("i", "style", "left:" + axis.css(estimate.value())).close("i").close("span");
      html.element("span", "number", label.apply(estimate)).close("div");
    }
    scale(html, axis);
    html.close("figure");
  }

  private static void grid(Html html, Axis axis) {
    for (double tick : axis.ticks(TICKS)) {
      html.open("s", "class", tick == 0 ? "zero" : "", "style", "left:" + axis.css(tick));
      html.close("s");
    }
  }

  private static void scale(Html html, Axis axis) {
    html.open("div", "class", "dot scale").element("span", "name", "");
    html.open("span", "class", "track");
    for (double tick : axis.ticks(TICKS)) {
      html.open("em", "style", "left:" + axis.css(tick));
      html.text(Numbers.trimmed(100 * tick)).close("em");
    }
    html.close("span").element("span", "number", "").close("div");
  }

  private static String interval(Axis axis, Estimate estimate) {
    double low = axis.position(estimate.low());
    double width = axis.position(estimate.high()) - low;
    return "left:%s;width:%s".formatted(Axis.percent(low), Axis.percent(width));
  }
}
