package dev.retort.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How the last model does by class, next to the teacher: both confusion matrices for few classes;
 * for many the pairs that are confused most, and F1 class by class.
 */
final class ClassTables {
  /** As many columns of counts stay readable on a telephone. */
  private static final int MOST_COLUMNS = 10;

  private static final int MOST_PAIRS = 15;
  private static final int MOST_CLASSES = 60;

  private final Html html;
  private final ModelResult teacher;
  private final ModelResult last;
  private final ClassCounts before;
  private final ClassCounts after;

  private ClassTables(Html html, ReportData data) {
    this.html = html;
    this.teacher = data.teacher();
    this.last = data.last();
    this.before = teacher.quality().classes().orElseThrow();
    this.after = last.quality().classes().orElse(before);
  }

  static boolean isEmpty(ReportData data) {
    return data.teacher().quality().classes().isEmpty();
  }

  /** What the section is, for its margin. */
  static String note(ReportData data) {
    String files = " The counts of every model are in confusion.csv beside it.";
    boolean few = data.teacher().quality().classes().filter(ClassTables::isMatrix).isPresent();
    return (few
            ? "Test samples by labelled class (row) and called class (column). Errors are shaded by"
                + " their share of the row, in both tables on one scale."
            : "The classes that are confused most, and F1 of each class, in %:"
                + " 2 P R / (P + R), of precision and recall. Bars are the result's, lines the"
                + " teacher's; behind them the change in points.")
        + files;
  }

  static void write(Html html, ReportData data) {
    ClassTables tables = new ClassTables(html, data);
    if (isMatrix(tables.before)) {
      tables.matrices();
    } else {
      tables.pairs();
      tables.classes();
    }
  }

  private static boolean isMatrix(ClassCounts counts) {
    return counts.classes() <= MOST_COLUMNS;
  }

  private boolean compares() {
    return !last.equals(teacher);
  }

  private void matrices() {
    double most = Math.max(before.largestError(), after.largestError());
    html.open("div", "class", "panels matrices");
    if (compares()) {
      matrix(last.name(), after, Optional.of(before), most);
    }
    matrix(teacher.name(), before, Optional.empty(), most);
    html.close("div");
  }

  private void matrix(
      String name, ClassCounts counts, Optional<ClassCounts> against, double mostError) {
    html.open("figure").open("figcaption").text(name);
    String caption = "labelled down, called across; last column: F1, %";
    html.element("small", against.isPresent() ? caption + ", and its change, points" : caption);
    html.close("figcaption");
    html.open("table", "class", "matrix").open("thead").open("tr").open("td").close("td");
    for (int called = 0; called < counts.classes(); called++) {
      html.open("th", "scope", "col").text(Integer.toString(called)).close("th");
    }
    html.open("th", "scope", "col").text("F1").close("th").close("tr").close("thead");
    html.open("tbody");
    for (int labelled = 0; labelled < counts.classes(); labelled++) {
      html.open("tr").open("th", "scope", "row").text(Integer.toString(labelled)).close("th");
      for (int called = 0; called < counts.classes(); called++) {
        cell(counts, labelled, called, mostError);
      }
      f1(counts, against, labelled);
      html.close("tr");
    }
    html.close("tbody").close("table").close("figure");
  }

  private void cell(ClassCounts counts, int labelled, int called, double mostError) {
    long count = counts.count(labelled, called);
    if (labelled == called) {
      html.element("td", "right", Long.toString(count));
    } else if (count == 0) {
      html.element("td", "none", "·");
    } else {
      double shade = Math.sqrt(counts.share(labelled, called) / mostError);
      html.open("td", "class", "wrong", "style", "--s:" + shade(shade));
      html.text(Long.toString(count)).close("td");
    }
  }

  private static String shade(double fraction) {
    return String.format(Locale.ROOT, "%.2f", 0.08 + 0.62 * fraction);
  }

  private void f1(ClassCounts counts, Optional<ClassCounts> against, int labelled) {
    html.open("td", "class", "f1").text(Numbers.fixed(100 * counts.f1().get(labelled), 1));
    against.ifPresent(
        other ->
            html.element(
                "small", Numbers.points(counts.f1().get(labelled) - other.f1().get(labelled))));
    html.close("td");
  }

  private void pairs() {
    List<ClassCounts.Confused> pairs = after.confused();
    html.element(
        "h3",
        "Most confused classes%s"
            .formatted(
                pairs.size() > MOST_PAIRS
                    ? ", %d of %,d pairs".formatted(MOST_PAIRS, pairs.size())
                    : ""));
    html.open("div", "class", "scroll").open("table", "class", "graph pairs");
    html.open("thead").open("tr").open("th", "scope", "row").text("Labelled → called").close("th");
    column("Of the class");
    if (compares()) {
      column(teacher.name());
    }
    column(last.name());
    html.close("tr").close("thead").open("tbody");
    for (ClassCounts.Confused pair : pairs.stream().limit(MOST_PAIRS).toList()) {
      html.open("tr").open("th", "scope", "row");
      html.text(pair.labelled() + " → " + pair.called()).close("th");
      html.element("td", Numbers.share(after.share(pair.labelled(), pair.called())));
      if (compares()) {
        html.element("td", Numbers.exact(before.count(pair.labelled(), pair.called())));
      }
      html.element("td", Numbers.exact(pair.samples())).close("tr");
    }
    html.close("tbody").close("table").close("div");
  }

  private void column(String title) {
    html.open("th", "scope", "col").text(title).close("th");
  }

  /** F1 of the classes, those that lost the most first. */
  private void classes() {
    List<Integer> worst =
        after.labelled(
            Comparator.<Integer>comparingDouble(this::change).thenComparing(after.f1()::get));
    List<Integer> shown = worst.stream().limit(MOST_CLASSES).toList();
    html.open("h3")
        .text(compares() ? "F1 by class, the largest loss first" : "F1 by class, the least first");
    if (shown.size() < worst.size()) {
      html.element("small", " %d of %,d classes".formatted(shown.size(), worst.size()));
    }
    html.close("h3");
    html.open("div", "class", "classes");
    shown.forEach(this::oneClass);
    html.close("div");
  }

  private double change(int labelled) {
    return after.f1().get(labelled) - before.f1().get(labelled);
  }

  private void oneClass(int labelled) {
    double f1 = after.f1().get(labelled);
    html.open("div").element("span", "name", Integer.toString(labelled));
    html.open("span", "class", "track");
    html.open("i", "style", "width:" + Axis.percent(100 * f1)).close("i");
    html.open("u", "style", "left:" + Axis.percent(100 * before.f1().get(labelled))).close("u");
    html.close("span").element("span", "number", Numbers.fixed(100 * f1, 1));
    html.element("small", compares() ? Numbers.points(change(labelled)) : "").close("div");
  }
}
