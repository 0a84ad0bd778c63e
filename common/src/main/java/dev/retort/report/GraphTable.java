package dev.retort.report;

import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/** What the models consist of: totals, then nodes by operator. */
final class GraphTable {
  private final Html html;
  private final List<ModelResult> models;
  private final String macs;

  private GraphTable(Html html, ReportData data) {
    this.html = html;
    this.models = data.models();
    boolean texts = data.dataSets().stream().anyMatch(set -> set.texts().isPresent());
    this.macs = texts ? "Multiply-adds, median text" : "Multiply-adds a sample";
  }

  static void write(Html html, ReportData data) {
    new GraphTable(html, data).write();
  }

  private void write() {
    html.open("div", "class", "scroll").open("table", "class", "graph");
    html.open("thead").open("tr").open("td").close("td");
    models.forEach(model -> html.open("th", "scope", "col").text(model.name()).close("th"));
    html.close("tr").close("thead").open("tbody");
    row("Nodes", graph -> Numbers.exact(graph.nodes()));
    row("Parameters", graph -> Numbers.count(graph.parameters()));
    row(macs, graph -> Numbers.count(graph.macs()));
    row("Operator set", graph -> Long.toString(graph.operatorSet()));
    html.close("tbody").open("tbody", "class", "operators");
    for (String operator : operators()) {
      row(operator, graph -> nodes(graph, operator));
    }
    html.close("tbody").close("table").close("div");
  }

  private void row(String label, Function<GraphSummary, String> value) {
    html.open("tr").open("th", "scope", "row").text(label).close("th");
    for (ModelResult model : models) {
      String text = value.apply(model.graph());
      html.element("td", text.equals("·") ? "none" : "", text);
    }
    html.close("tr");
  }

  private static String nodes(GraphSummary graph, String operator) {
    long nodes = graph.operators().getOrDefault(operator, 0L);
    return nodes == 0 ? "·" : Numbers.exact(nodes);
  }

  /** All operators, those with the most nodes first. */
  private List<String> operators() {
    SortedSet<String> names = new TreeSet<>();
    models.forEach(model -> names.addAll(model.graph().operators().keySet()));
    return names.stream().sorted(Comparator.comparingLong(this::mostNodes).reversed()).toList();
  }

  private long mostNodes(String operator) {
    return models.stream()
        .mapToLong(model -> model.graph().operators().getOrDefault(operator, 0L))
        .max()
        .orElse(0);
  }
}
