package dev.retort.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The top of the page: the result in a sentence, the gates in another, and four figures. */
final class Headline {
  private static final Change SIZE = new Change("smaller", "larger", "as large as it was");
  private static final Change TIME = new Change("faster", "slower", "as fast as it was");

  private final ReportData data;
  private final ModelResult teacher;
  private final ModelResult last;

  private Headline(ReportData data) {
    this.data = data;
    this.teacher = data.teacher();
    this.last = data.last();
  }

  static void write(Html html, ReportData data) {
    new Headline(data).write(html);
  }

  /** Such as "fashion-resnet is 3.75 times smaller and 2.84 times faster, for 0.07 points". */
  static String sentence(ReportData data) {
    return new Headline(data).sentence();
  }

  private void write(Html html) {
    html.open("header");
    html.open("p", "class", "eyebrow");
    html.element("span", "brand", "Retort").element("span", data.name());
    html.element("span", "run " + data.runId()).element("span", data.finished());
    html.close("p");
    html.element("h1", sentence());
    gates(html);
    html.open("dl", "class", "figures");
    figures(html);
    html.close("dl").close("header");
  }

  private String sentence() {
    if (data.steps().isEmpty()) {
      return teacher.name() + ", as it is";
    }
    List<String> changes = new ArrayList<>();
    double before = (double) teacher.sizeBytes();
    changes.add(SIZE.words(before, (double) last.sizeBytes(), " times"));
    firstLatency().ifPresent(pair -> changes.add(pair.change()));
    return teacher.name() + " is " + String.join(" and ", changes) + quality() + ".";
  }

  private String quality() {
    Optional<Estimate> change = last.quality().accuracyChange();
    if (change.isPresent()) {
      double points = Math.round(change.get().value() * 1e4) / 1e2;
      String amount = Numbers.fixed(Math.abs(points), 2) + " points of accuracy";
      return points == 0
          ? ", at the same accuracy"
          : points < 0 ? ", for " + amount : ", and gains " + amount;
    }
    return last.quality()
        .agreement()
        .map(agreement -> ", and agrees with it on " + Numbers.percent(agreement))
        .orElse("");
  }

  private void gates(Html html) {
    List<Gate> gates = last.gates();
    List<Gate> failed = gates.stream().filter(gate -> !gate.passed()).toList();
    if (gates.isEmpty()) {
      html.element("p", "verdict", "The recipe sets no gates.");
    } else if (failed.isEmpty()) {
      html.element("p", "verdict pass", allPassed(gates.size()) + listed(gates, ", "));
    } else {
      String all = gates.size() == 1 ? "The gate failed: " : "%d of %d gates failed: ";
      String start = all.formatted(failed.size(), gates.size());
      html.element("p", "verdict fail", start + listed(failed, ", must be "));
    }
  }

  private static String allPassed(int gates) {
    return switch (gates) {
      case 1 -> "The gate is passed: ";
      case 2 -> "Both gates are passed: ";
      default -> "All " + gates + " gates are passed: ";
    };
  }

  private static String listed(List<Gate> gates, String beforeLimit) {
    return gates.stream()
        .map(gate -> gate.name() + " " + gate.actual() + beforeLimit + gate.limit())
        .collect(Collectors.joining("; ", "", "."));
  }

  private void figures(Html html) {
    figure(
        html,
        "File size",
        Numbers.bytes(last.sizeBytes()),
        "was " + Numbers.bytes(teacher.sizeBytes()));
    firstLatency()
        .ifPresent(
            pair ->
                figure(
                    html,
                    "Latency, batch " + pair.after.batch(),
                    Numbers.millis(pair.after.medianMillis()),
                    "was " + Numbers.millis(pair.before.medianMillis())));
    last.quality()
        .accuracy()
        .ifPresent(
            accuracy ->
                figure(html, "Accuracy", Numbers.percent(accuracy.value()), accuracyBefore()));
    last.quality()
        .agreement()
        .ifPresent(
            agreement ->
                figure(
                    html,
                    "Same class as the teacher",
                    Numbers.percent(agreement),
                    "of " + Numbers.exact(last.quality().samples()) + " test samples"));
  }

  private String accuracyBefore() {
    return teacher
        .quality()
        .accuracy()
        .map(accuracy -> "was " + Numbers.percent(accuracy.value()))
        .orElse("not measured before");
  }

  private static void figure(Html html, String label, String value, String note) {
    html.open("div").element("dt", label).element("dd", "value", value);
    html.element("dd", "note", note).close("div");
  }

  private Optional<Pair> firstLatency() {
    return teacher.latencies().stream()
        .flatMap(before -> last.latencyLike(before).map(after -> new Pair(before, after)).stream())
        .findFirst();
  }

  private record Pair(Latency before, Latency after) {
    String change() {
      return TIME.words(before.medianMillis(), after.medianMillis(), " times");
    }
  }
}
