package dev.retort.jobs.cli;

import dev.retort.jobs.stage.GateResult;
import dev.retort.jobs.stage.ModelOutcome;
import dev.retort.jobs.stage.RunResult;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run's result as a table: the teacher and the model after each step. */
final class ResultTable {
  private static final String ROW = "%-12s %10s %7s %9s %10s %12s %9s%n";

  private ResultTable() {}

  /** Prints {@code result}, whose files are below {@code work}. */
  static void print(RunResult result, String work, PrintWriter out) {
    if (result.teacher() != null) {
      print(result.teacher(), result.steps(), out);
    }
    result.steps().forEach(step -> step.gates().forEach(gate -> gate(step, gate, out)));
    String run = work.replaceFirst("/$", "") + "/runs/" + result.runId();
    out.printf("%s: %s/report.html%n", result.status(), run);
  }

  /** Prints the teacher and others that are compared with it. */
  static void print(ModelOutcome teacher, List<ModelOutcome> others, PrintWriter out) {
    out.printf(ROW, "model", "size", "smaller", "accuracy", "agreement", "latency", "faster");
    row(teacher, teacher, out);
    others.forEach(other -> row(other, teacher, out));
    others.stream()
        .filter(other -> !other.note().isEmpty())
        .forEach(other -> out.printf("%s: %s%n", other.name(), other.note()));
  }

  private static void row(ModelOutcome model, ModelOutcome teacher, PrintWriter out) {
    out.printf(
        ROW,
        model.name(),
        Quantities.bytes(model.sizeBytes()),
        times((double) teacher.sizeBytes() / model.sizeBytes()),
        percent(model.metrics(), "accuracy"),
        percent(model.metrics(), "agreement"),
        String.format(Locale.ROOT, "%.3f ms", model.latencyMillis()),
        times(teacher.latencyMillis() / model.latencyMillis()));
  }

  private static void gate(ModelOutcome step, GateResult gate, PrintWriter out) {
    if (gate.decides()) {
      out.printf(
          Locale.ROOT,
          "gate %s of %s: %.4g, limit %.4g: %s%n",
          gate.name(),
          step.name(),
          gate.value(),
          gate.limit(),
          gate.passed() ? "holds" : "MISSED");
    }
  }

  private static String times(double ratio) {
    return String.format(Locale.ROOT, "%.2fx", ratio);
  }

  private static String percent(Map<String, Double> metrics, String name) {
    Double value = metrics.get(name);
    return value == null ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * value);
  }
}
