package dev.retort.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Horizontal bars from zero: size on disk, and the latency of each setting. */
final class Bars {
  /** The longest bar's share of the track; its label stands behind it. */
  private static final double LONGEST = 62;

  /** One bar: its length, a mark between two other values, and the label behind. */
  private record Bar(String name, double value, double low, double high, String label) {}

  private Bars() {}

  static void write(Html html, ReportData data) {
    html.open("div", "class", "panels");
    panel(html, "File size", "thin line: zipped", sizes(data));
    for (Latency setting : data.teacher().latencies()) {
      String title = "Latency at batch " + setting.batch();
      panel(html, title, "median; thin line: quartiles", latencies(data, setting));
    }
    html.close("div");
  }

  private static List<Bar> sizes(ReportData data) {
    return data.models().stream()
        .map(
            model ->
                new Bar(
                    model.name(),
                    model.sizeBytes(),
                    0,
                    model.zippedBytes(),
                    Numbers.bytes(model.sizeBytes())))
        .toList();
  }

  private static List<Bar> latencies(ReportData data, Latency setting) {
    List<Bar> bars = new ArrayList<>();
    for (ModelResult model : data.models()) {
      Optional<Latency> latency = model.latencyLike(setting);
      latency.ifPresent(
          each ->
              bars.add(
                  new Bar(
                      model.name(),
                      each.medianMillis(),
                      each.lowMillis(),
                      each.highMillis(),
                      Numbers.millis(each.medianMillis()))));
    }
    return bars;
  }

  private static void panel(Html html, String title, String note, List<Bar> bars) {
    double longest = Math.max(max(bars, Bar::value), max(bars, Bar::high));
    html.open("figure", "class", "bars").open("figcaption").text(title);
    html.element("small", note).close("figcaption");
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      html.open("div", "class", i == 0 ? "bar first" : "bar");
      html.element("span", "name", bar.name()).open("span", "class", "track");
      html.open("i", "style", "width:" + width(bar.value(), longest)).close("i");
      html.open("u", "style", mark(bar, longest)).close("u");
      html.open("b", "style", "left:" + width(Math.max(bar.value(), bar.high()), longest));
      html.text(bar.label()).close("b").close("span").close("div");
    }
    html.close("figure");
  }

  private static String mark(Bar bar, double longest) {
    return "left:%s;width:%s"
        .formatted(width(bar.low(), longest), width(bar.high() - bar.low(), longest));
  }

  private static String width(double value, double longest) {
    return Axis.percent(longest > 0 ? LONGEST * value / longest : 0);
  }

  private static double max(List<Bar> bars, ToDoubleFunction<Bar> value) {
    return bars.stream().mapToDouble(value).max().orElse(0);
  }
}
