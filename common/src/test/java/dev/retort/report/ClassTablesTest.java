package dev.retort.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClassTablesTest {
  private static final ClassCounts TEACHER =
      new ClassCounts(List.of(List.of(90L, 10L), List.of(0L, 100L)), List.of(0.9474, 0.9524));
  private static final ClassCounts QUANTIZED =
      new ClassCounts(List.of(List.of(80L, 20L), List.of(5L, 95L)), List.of(0.8649, 0.8837));

  @Test
  void fewClassesHaveTheMatrixOfTheResultBesideTheTeachers() {
    String page = page(TEACHER, QUANTIZED);

    assertThat(text(page))
        .contains(
            "quantize labelled down, called across; last column: F1, %, and its change, points"
                + " 0 1 F1 0 80 20 86.5 −8.25 1 5 95 88.4 −6.87")
        .contains("0 90 10 94.7 1 · 100 95.2");
    assertThat(page)
        .as("shades are the square root of the share of the row, on one scale")
        .contains("<td class=\"wrong\" style=\"--s:0.70\">20</td>")
        .contains("<td class=\"wrong\" style=\"--s:0.39\">5</td>")
        .contains("<td class=\"wrong\" style=\"--s:0.52\">10</td>");
  }

  @Test
  void manyClassesHaveTheirConfusedPairsAndTheirF1() {
    String page = page(many(0), many(7));

    assertThat(text(page))
        .contains("Most confused classes, 15 of 45 pairs")
        .contains("Labelled → called Of the class fashion-resnet quantize")
        .contains("44 → 0 48 % 44 51")
        .contains("F1 by class, the largest loss first");
    assertThat(page).doesNotContain("<table class=\"matrix\"");
    assertThat(page.split("<span class=\"track\">", -1)).hasSize(1 + 45);
  }

  @Test
  void dataWithoutLabelsHasNoClasses() {
    ReportData plain = SampleReport.data();

    assertThat(ReportPage.render(report(plain.teacher(), plain.teacher())))
        .doesNotContain("id=\"classes\"");
  }

  @Test
  void countsAreSquare() {
    assertThatThrownBy(() -> new ClassCounts(List.of(List.of(1L, 2L)), List.of(0.5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("counts are not square for 1 classes");
  }

  /** 45 classes; of class i, i + {@code more} samples are called as the next one. */
  private static ClassCounts many(int more) {
    List<List<Long>> counts = new ArrayList<>();
    List<Double> f1 = new ArrayList<>();
    for (int labelled = 0; labelled < 45; labelled++) {
      List<Long> row = new ArrayList<>();
      for (int called = 0; called < 45; called++) {
        boolean next = called == (labelled + 1) % 45;
        row.add(called == labelled ? 55L : next ? (long) labelled + more : 0L);
      }
      counts.add(row);
      f1.add(0.9 - 0.001 * more * labelled);
    }
    return new ClassCounts(counts, f1);
  }

  /** The section of the page. */
  private static String page(ClassCounts teacher, ClassCounts last) {
    ReportData sample = SampleReport.data();
    String page =
        ReportPage.render(report(with(sample.teacher(), teacher), with(sample.last(), last)));
    int start = page.indexOf("<section id=\"classes\">");
    return page.substring(start, page.indexOf("</section>", start));
  }

  private static ModelResult with(ModelResult model, ClassCounts counts) {
    return new ModelResult(
        model.name(),
        model.path(),
        model.sha256(),
        model.sizeBytes(),
        model.zippedBytes(),
        model.quality().withClasses(counts),
        model.latencies(),
        model.gates(),
        model.graph());
  }

  private static ReportData report(ModelResult teacher, ModelResult last) {
    ReportData sample = SampleReport.data();
    Plan plan = new Plan("quantize", new TreeMap<>(), List.of());
    return new ReportData(
        sample.name(),
        sample.runId(),
        sample.finished(),
        sample.dataSets(),
        teacher,
        List.of(new StepResult(last, plan, QuantizedTensors.none())),
        sample.profiles(),
        sample.stages(),
        sample.provenance(),
        sample.command());
  }

  private static String text(String html) {
    return html.replaceAll("<[^>]+>", " ").replaceAll("\\s+", " ");
  }
}
