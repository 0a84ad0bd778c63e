package dev.retort.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The result table: one row a measure, one column a model, the gates first. */
final class ResultTable {
  /** A value and, smaller, what it is against the teacher or how sure it is. */
  private record Cell(String value, String note) {}

  private static final Change SIZE = new Change("smaller", "larger", "same size");
  private static final Change TIME = new Change("faster", "slower", "same speed");

  private final Html html;
  private final ModelResult teacher;
  private final List<ModelResult> models;

  private ResultTable(Html html, ReportData data) {
    this.html = html;
    this.teacher = data.teacher();
    this.models = data.models();
  }

  static void write(Html html, ReportData data) {
    new ResultTable(html, data).write();
  }

  private void write() {
    html.open("div", "class", "scroll");
    html.open("table", "class", "results", "style", "--models:" + models.size());
    html.open("thead").open("tr").open("td").close("td");
    for (ModelResult model : models) {
      html.open("th", "scope", "col").text(model.name());
      html.element("small", model.equals(teacher) ? "teacher" : "step " + models.indexOf(model));
      html.close("th");
    }
    html.close("tr").close("thead");
    html.open("tbody");
    gateRows();
    html.close("tbody").open("tbody");
    sizeRows();
    html.close("tbody").open("tbody");
    latencyRows();
    html.close("tbody").open("tbody");
    qualityRows();
    html.close("tbody").close("table").close("div");
  }

  private void sizeRows() {
    row("File size", "", ratioCell(ModelResult::sizeBytes));
    row("Zipped", "", ratioCell(ModelResult::zippedBytes));
    row("Parameters", "", model -> plain(Numbers.count(model.graph().parameters())));
  }

  private Function<ModelResult, Optional<Cell>> ratioCell(Function<ModelResult, Long> bytes) {
    return model -> {
      long before = bytes.apply(teacher);
      long after = bytes.apply(model);
      String change = SIZE.words((double) before, (double) after, "×");
      return Optional.of(new Cell(Numbers.bytes(after), model.equals(teacher) ? "" : change));
    };
  }

  private void latencyRows() {
    for (Latency before : teacher.latencies()) {
      String threads = before.threads() == 1 ? "1 thread" : before.threads() + " threads";
      row(
          "Latency, batch " + before.batch(),
          "median, " + threads,
          model -> model.latencyLike(before).map(after -> latency(model, before, after)));
    }
  }

  private Cell latency(ModelResult model, Latency before, Latency after) {
    String change = TIME.words(before.medianMillis(), after.medianMillis(), "×");
    return new Cell(Numbers.millis(after.medianMillis()), model.equals(teacher) ? "" : change);
  }

  private void qualityRows() {
    String samples = Numbers.exact(teacher.quality().samples()) + " samples; 95 % interval";
    row("Accuracy", samples, model -> model.quality().accuracy().map(ResultTable::accuracy));
    row(
        "Change of accuracy",
        "points, paired; 95 % interval",
        model -> model.quality().accuracyChange().map(ResultTable::change));
    row(
        "Macro F1",
        "",
        model -> model.quality().macroF1().map(f1 -> new Cell(Numbers.percent(f1), "")));
    row(
        "Same class",
        "as the teacher",
        model -> model.quality().agreement().map(same -> new Cell(Numbers.percent(same), "")));
    row(
        "KL divergence",
        "mean over samples, nats",
        model -> model.quality().divergence().map(kl -> new Cell(Numbers.significant(kl, 3), "")));
    row(
        "Cosine of logits",
        "mean, with the teacher's",
        model -> model.quality().cosine().map(c -> new Cell(Numbers.fixed(c, 5), "")));
  }

  private static Cell accuracy(Estimate accuracy) {
    return new Cell(
        Numbers.percent(accuracy.value()),
        Numbers.fixed(100 * accuracy.low(), 2) + " – " + Numbers.fixed(100 * accuracy.high(), 2));
  }

  private static Cell change(Estimate change) {
    return new Cell(
        Numbers.points(change.value()),
        Numbers.points(change.low()) + " … " + Numbers.points(change.high()));
  }

  private void gateRows() {
    Map<String, String> limits = new LinkedHashMap<>();
    models.forEach(
        model -> model.gates().forEach(gate -> limits.putIfAbsent(gate.name(), gate.limit())));
    limits.forEach(this::gateRow);
  }

  private void gateRow(String name, String limit) {
    rowHead("Gate: " + name, limit);
    for (ModelResult model : models) {
      Optional<Gate> gate =
          model.gates().stream().filter(each -> each.name().equals(name)).findFirst();
      if (gate.isPresent()) {
        html.open("td", "class", gate.get().passed() ? "pass" : "fail");
        html.text(gate.get().actual());
        html.element("small", gate.get().passed() ? "✓ passed" : "✗ failed").close("td");
      } else {
        html.element("td", "none", "–");
      }
    }
    html.close("tr");
  }

  /** A row, unless no model has the value. */
  private void row(String label, String note, Function<ModelResult, Optional<Cell>> cell) {
    List<Optional<Cell>> cells = models.stream().map(cell).toList();
    if (cells.stream().noneMatch(Optional::isPresent)) {
      return;
    }
    rowHead(label, note);
    for (Optional<Cell> each : cells) {
      if (each.isPresent()) {
        html.open("td").text(each.get().value());
        if (!each.get().note().isEmpty()) {
          html.element("small", each.get().note());
        }
        html.close("td");
      } else {
        html.element("td", "none", "–");
      }
    }
    html.close("tr");
  }

  private void rowHead(String label, String note) {
    html.open("tr").open("th", "scope", "row").text(label);
    if (!note.isEmpty()) {
      html.element("small", note);
    }
    html.close("th");
  }

  private static Optional<Cell> plain(String value) {
    return Optional.of(new Cell(value, ""));
  }
}
