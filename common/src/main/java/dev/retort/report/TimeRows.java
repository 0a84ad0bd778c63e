package dev.retort.report;

/** Rows of a name, a time, its share and a bar: stages of the run, operators of a model. */
final class TimeRows {
  /**
   * One row.
   *
   * @param name what took the time
   * @param time printed, with its unit
   * @param share of the whole, 0 to 1
   * @param length of the bar, 0 to 1
   * @param note what else there is to say
   */
  record Row(String name, String time, double share, double length, String note) {}

  private final Html html;

  TimeRows(Html html) {
    this.html = html;
  }

  void write(Row row) {
    html.open("div", "class", "time").open("span", "class", "name").text(row.name());
    html.text(" ").element("small", row.note()).close("span");
    html.element("span", "number", row.time());
    html.element("span", "share", share(row.share()));
    html.open("span", "class", "track");
    html.open("i", "style", "width:" + Axis.percent(100 * row.length())).close("i");
    html.close("span").close("div");
  }

  void total(String name, String time) {
    html.open("div", "class", "time total").element("span", "name", name);
    html.element("span", "number", time).close("div");
  }

  private static String share(double share) {
    return share < 0.01 ? "< 1 %" : Math.round(100 * share) + " %";
  }
}
