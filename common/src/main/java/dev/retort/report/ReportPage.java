package dev.retort.report;

import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * Prints a report as one HTML page: no file beside it, no network (the page forbids it to itself by
 * a content security policy), light and dark, wide and narrow, with and without scripts. Equal data
 * give equal text.
 */
public final class ReportPage {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
      """;

  private static final String EXPLORER =
      """
      <dialog id="explorer"><form method="dialog"><h3></h3><button>Close</button></form>
      <p class="facts"></p><div class="chart"></div>
      <p class="tools"><button type="button" data-scale="log" aria-pressed="true">Logarithmic</button>\
      <button type="button" data-scale="linear" aria-pressed="false">Linear</button>
      <span class="found">Drag the handles below the chart to zoom.</span></p></dialog>
      """;

  private ReportPage() {}

  /** The page of {@code data}. */
  public static String render(ReportData data) {
    Html html = new Html().raw(HEAD);
    html.element("title", Headline.sentence(data));
    html.open("style").raw(Embedded.style()).close("style").close("head").open("body");
    Headline.write(html, data);
    html.open("main");
    sections(html, data);
    html.close("main");
    html.element("footer", "One file by Retort; it loads nothing.");
    scripts(html, data);
    return html.close("body").close("html").raw("\n").toString();
  }

  private static void sections(Html html, ReportData data) {
    section(
        html,
        data,
        "Result",
        "Each model against the teacher, the model that the recipe names. The gates are the"
            + " recipe's demands on the last step.",
        ResultTable::write);
    section(html, data, "Size and speed", "Bars begin at zero.", Bars::write);
    if (!AccuracyPlot.isEmpty(data)) {
      section(
          html,
          data,
          "Accuracy",
          "The change is counted on the same samples, so its interval is much narrower.",
          AccuracyPlot::write);
    }
    if (!ClassTables.isEmpty(data)) {
      section(html, data, "Classes", ClassTables.note(data), ClassTables::write);
    }
    if (!OperatorTimes.isEmpty(data)) {
      section(
          html,
          data,
          "Where the time goes",
          "ONNX Runtime's own profile of the teacher and of the result: medians at batch 1, one"
              + " thread. It fuses nodes and names them itself; bars have one scale.",
          OperatorTimes::write);
    }
    if (!TensorGallery.isEmpty(data)) {
      section(
          html,
          data,
          "Quantized tensors",
          "Activations as seen in calibration, and weights; heights are logarithmic. The tinted"
              + " range is kept, what lies outside is clipped to its ends. SQNR: power of the values"
              + " over that of the errors; 6 dB are one bit. Weights have a scale for each"
              + " output channel; the range is that of the widest. A tensor that only moves another's"
              + " values, or holds bytes as they are stored, has no histogram of its own.",
          TensorGallery::write);
    }
    if (!data.steps().isEmpty()) {
      section(html, data, "Decisions", "What was done, to what, and why.", DecisionList::write);
    }
    section(
        html,
        data,
        "Data",
        "Choices are made on train and validation; each model is judged on test.",
        DataTable::write);
    section(html, data, "Graph", "Nodes by operator.", GraphTable::write);
    section(html, data, "Time of the run", "Stages, slowest first.", StageTimes::write);
    section(
        html, data, "Provenance", "What the result was made from and with.", ProvenanceList::write);
  }

  private static void section(
      Html html, ReportData data, String title, String note, BiConsumer<Html, ReportData> body) {
    String id = title.toLowerCase(Locale.ROOT).replace(' ', '-');
    html.open("section", "id", id).open("div", "class", "side").element("h2", title);
    html.element("p", note).close("div").open("div", "class", "body");
    body.accept(html, data);
    html.close("div").close("section").raw("\n");
  }

  private static void scripts(Html html, ReportData data) {
    if (!TensorGallery.isEmpty(data)) {
      html.raw(EXPLORER).open("script", "type", "application/json", "id", "tensor-data");
      html.raw(Embedded.tensors(data)).close("script");
      html.open("script").raw(Embedded.echarts()).close("script");
    }
    html.open("script").raw(Embedded.script()).close("script");
  }
}
