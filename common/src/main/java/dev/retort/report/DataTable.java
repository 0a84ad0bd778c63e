package dev.retort.report;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The data sets: samples, and of texts their lengths and how many lost their end. */
final class DataTable {
  private final Html html;
  private final List<DataSummary> sets;

  private DataTable(Html html, ReportData data) {
    this.html = html;
    this.sets = data.dataSets();
  }

  static void write(Html html, ReportData data) {
    new DataTable(html, data).write();
  }

  private void write() {
    sets.stream().flatMap(set -> set.texts().stream()).findFirst().ifPresent(this::lead);
    html.open("div", "class", "scroll").open("table", "class", "graph");
    html.open("thead").open("tr").open("td").close("td");
    sets.forEach(set -> html.open("th", "scope", "col").text(set.name()).close("th"));
    html.close("tr").close("thead").open("tbody");
    row("Samples", set -> Optional.of(Numbers.exact(set.samples())));
    if (sets.stream().anyMatch(set -> set.texts().isPresent())) {
      row("Tokens a text, mean", ofTexts(t -> Numbers.fixed(t.lengths().mean(), 1)));
      row("Tokens a text, median", ofTexts(t -> Integer.toString(t.lengths().median())));
      row("Longest text, tokens", ofTexts(t -> Integer.toString(t.lengths().longest())));
      row("Texts cut short", ofTexts(DataTable::cut));
    }
    html.close("tbody").close("table").close("div");
  }

  private void lead(DataSummary.Texts texts) {
    String kept = "Texts keep their first %d tokens, those counted that the tokenizer adds; ";
    boolean anyCut =
        sets.stream().flatMap(set -> set.texts().stream()).anyMatch(t -> t.lengths().cut() > 0);
    html.element(
        "p",
        "lead",
        kept.formatted(texts.maxLength())
            + (anyCut ? "the rest of a longer one is not seen by any model." : "none is longer.")
            + " Latencies and multiply-adds are those of a text of median length.");
  }

  private static Function<DataSummary, Optional<String>> ofTexts(
      Function<DataSummary.Texts, String> value) {
    return set -> set.texts().map(value);
  }

  private static String cut(DataSummary.Texts texts) {
    long cut = texts.lengths().cut();
    return cut == 0
        ? "none"
        : "%s (%s)".formatted(Numbers.exact(cut), Numbers.share(texts.lengths().cutShare()));
  }

  private void row(String label, Function<DataSummary, Optional<String>> value) {
    html.open("tr").open("th", "scope", "row").text(label).close("th");
    sets.forEach(set -> html.element("td", value.apply(set).orElse("\u2013")));
    html.close("tr");
  }
}
