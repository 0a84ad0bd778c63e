package dev.retort.report;

/** What the result was made from and with, and how to make it again. */
final class ProvenanceList {
  private ProvenanceList() {}

  static void write(Html html, ReportData data) {
    html.element(
        "p",
        "lead",
        "This repeats the run in a directory of its own, from what the store holds. The timings are"
            + " replayed, so the same choices are made:");
    html.open("div", "class", "command").open("pre").open("code").text(data.command());
    html.close("code").close("pre");
    html.raw("<button type=\"button\" data-copy hidden>Copy</button>").close("div");
    html.open("dl", "class", "provenance");
    data.provenance().forEach((name, value) -> entry(html, name, value));
    html.close("dl").element("h3", "Models");
    html.open("dl", "class", "provenance");
    for (ModelResult model : data.models()) {
      html.open("div").element("dt", model.name());
      html.open("dd").text(model.path()).element("small", model.sha256()).close("dd").close("div");
    }
    html.close("dl");
  }

  private static void entry(Html html, String name, String value) {
    html.open("div").element("dt", name).element("dd", value).close("div");
  }
}
