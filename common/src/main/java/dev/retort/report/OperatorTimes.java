package dev.retort.report;

import java.util.List;

/** Where the time of the teacher goes and of the result: operators, then the slowest nodes. */
final class OperatorTimes {
  private static final int OPERATORS = 6;
  private static final int NODES = 5;

  /** Operators with less of the time stand together. */
  private static final double LEAST = 0.01;

  private final Html html;
  private final TimeRows rows;

  private OperatorTimes(Html html) {
    this.html = html;
    this.rows = new TimeRows(html);
  }

  static boolean isEmpty(ReportData data) {
    return data.profiles().isEmpty();
  }

  static void write(Html html, ReportData data) {
    OperatorTimes times = new OperatorTimes(html);
    double longest =
        data.profiles().stream()
            .flatMap(profile -> profile.operators().stream())
            .mapToDouble(TimeProfile.Entry::micros)
            .max()
            .orElse(1);
    html.open("div", "class", "panels");
    data.profiles().forEach(profile -> times.panel(profile, longest));
    html.close("div");
  }

  private void panel(TimeProfile profile, double longest) {
    html.open("figure", "class", "times").open("figcaption").text(profile.model());
    html.element("small", "all operators " + Numbers.micros(profile.micros()));
    html.close("figcaption");
    List<TimeProfile.Entry> operators = profile.operators();
    int shown = (int) operators.stream().limit(OPERATORS).filter(op -> op.share() >= LEAST).count();
    for (TimeProfile.Entry operator : operators.subList(0, shown)) {
      row(operator, longest, nodes(operator.nodes()));
    }
    if (operators.size() > shown) {
      List<TimeProfile.Entry> others = operators.subList(shown, operators.size());
      rows.total(
          others.size() == 1 ? "1 more operator" : others.size() + " more operators",
          Numbers.micros(others.stream().mapToDouble(TimeProfile.Entry::micros).sum()));
    }
    html.element("h4", "Slowest nodes");
    List<TimeProfile.Entry> nodes = profile.nodes();
    for (TimeProfile.Entry node : nodes.subList(0, Math.min(NODES, nodes.size()))) {
      row(node, longest, node.opType());
    }
    html.close("figure");
  }

  private void row(TimeProfile.Entry entry, double longest, String note) {
    rows.write(
        new TimeRows.Row(
            entry.name(),
            Numbers.micros(entry.micros()),
            entry.share(),
            longest > 0 ? entry.micros() / longest : 0,
            note));
  }

  private static String nodes(long nodes) {
    return nodes == 1 ? "1 node" : Numbers.exact(nodes) + " nodes";
  }
}
