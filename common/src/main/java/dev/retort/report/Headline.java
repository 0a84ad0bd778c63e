package dev.retort.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The top of the page: the result in a sentence, the gates in another, and four figures. */
final class Headline {
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
    html.element("span", "mono", data.runId()).element("span", data.finished());
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
    changes.add(
        change((double) teacher.sizeBytes(), (double) last.sizeBytes(), "smaller", "larger"));
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
    long failed = last.gates().stream().filter(gate -> !gate.passed()).count();
    int all = last.gates().size();
    if (all == 0) {
      html.element("p", "verdict", "The recipe sets no gates.");
    } else if (failed == 0) {
      html.element("p", "verdict pass", allPassed(all));
    } else {
      html.open("p", "class", "verdict fail");
      html.text(failed + " of " + all + (all == 1 ? " gate" : " gates") + " failed: ");
      html.text(
          String.join(
              "; ",
              last.gates().stream()
                  .filter(gate -> !gate.passed())
                  .map(gate -> gate.name() + " is " + gate.actual() + ", must be " + gate.limit())
                  .toList()));
      html.text(".").close("p");
    }
  }

  private static String allPassed(int gates) {
    return switch (gates) {
      case 1 -> "The gate is passed.";
      case 2 -> "Both gates are passed.";
      default -> "All " + gates + " gates are passed.";
    };
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
      return Headline.change(before.medianMillis(), after.medianMillis(), "faster", "slower");
    }
  }

  private static String change(double before, double after, String less, String more) {
    return after <= before
        ? Numbers.times(before, after) + " times " + less
        : Numbers.times(after, before) + " times " + more;
  }
}
