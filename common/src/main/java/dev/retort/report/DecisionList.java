package dev.retort.report;

import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Every decision of every step: grouped by what was done, its reason said once where shared. */
final class DecisionList {
  /** Groups up to this size are open from the start. */
  private static final int OPEN_UP_TO = 4;

  private static final int HASH_DIGITS = 12;

  private final Html html;

  private DecisionList(Html html) {
    this.html = html;
  }

  static void write(Html html, ReportData data) {
    new DecisionList(html).write(data);
  }

  private void write(ReportData data) {
    html.open("div", "class", "tools", "data-tools", "decisions");
    html.raw(
        "<input type=\"search\" placeholder=\"Filter by tensor, action or reason\""
            + " aria-label=\"Filter decisions\"><span class=\"found\"></span>");
    html.close("div");
    for (StepResult step : data.steps()) {
      step(step);
    }
  }

  private void step(StepResult step) {
    Plan plan = step.plan();
    html.open("div", "class", "plan").open("h3").text(step.result().name());
    html.element("small", decisions(plan.decisions().size())).close("h3");
    if (!plan.settings().isEmpty()) {
      html.open("p", "class", "settings");
      plan.settings()
          .forEach(
              (name, value) ->
                  html.open("span")
                      .text(words(name) + " ")
                      .element("b", shortened(value))
                      .close("span"));
      html.close("p");
    }
    byAction(plan).forEach(this::group);
    html.close("div");
  }

  private static String decisions(int count) {
    return count == 1 ? "1 decision" : Numbers.exact(count) + " decisions";
  }

  private static Map<String, List<Decision>> byAction(Plan plan) {
    Map<String, List<Decision>> groups = new LinkedHashMap<>();
    plan.decisions()
        .forEach(
            decision ->
                groups
                    .computeIfAbsent(decision.action(), action -> new ArrayList<>())
                    .add(decision));
    return groups;
  }

  private void group(String action, List<Decision> decisions) {
    Set<String> reasons = new LinkedHashSet<>();
    decisions.forEach(decision -> reasons.add(decision.reason()));
    if (decisions.size() <= OPEN_UP_TO) {
      html.open("details", "class", "group", "open", "");
    } else {
      html.open("details", "class", "group");
    }
    html.open("summary").element("span", "action", words(action));
    html.element("span", "count", Integer.toString(decisions.size()));
    html.element("span", "why", summary(reasons)).close("summary");
    boolean isShared = reasons.size() == 1 || reasons.size() * 2 <= decisions.size();
    for (String reason : isShared ? reasons : Set.of("")) {
      if (isShared && reasons.size() > 1) {
        html.element("p", "shared", reason);
      }
      table(
          decisions.stream().filter(each -> !isShared || each.reason().equals(reason)).toList(),
          isShared);
    }
    html.close("details");
  }

  private static String summary(Set<String> reasons) {
    String first = reasons.iterator().next();
    return reasons.size() == 1 ? first : first + " … and " + others(reasons.size() - 1);
  }

  private static String others(int count) {
    return count == 1 ? "1 other reason" : count + " other reasons";
  }

  private void table(List<Decision> decisions, boolean isReasonSaid) {
    SortedSet<String> numbers = new TreeSet<>(DecisionNumber.ORDER);
    decisions.forEach(decision -> numbers.addAll(decision.numbers().keySet()));
    html.open("div", "class", "scroll").open("table", "class", "decisions");
    html.open("thead").open("tr").element("th", "target");
    numbers.forEach(name -> html.element("th", "num", DecisionNumber.title(name)));
    if (!isReasonSaid) {
      html.element("th", "reason", "reason");
    }
    html.close("tr").close("thead").open("tbody");
    for (Decision decision : decisions) {
      html.open("tr", "data-text", searchable(decision));
      html.element("td", "mono", decision.target());
      for (String name : numbers) {
        Double value = decision.numbers().get(name);
        if (value == null) {
          html.element("td", "num", "");
        } else {
          html.open("td", "class", "num", "data-name", DecisionNumber.title(name));
          html.text(DecisionNumber.print(name, value)).close("td");
        }
      }
      if (!isReasonSaid) {
        html.element("td", "reason", decision.reason());
      }
      html.close("tr");
    }
    html.close("tbody").close("table").close("div");
  }

  /** The start of a hash is enough to know it by; {@code plan.json} has the whole. */
  private static String shortened(String value) {
    return value.matches("[0-9a-f]{64}") ? value.substring(0, HASH_DIGITS) + "…" : value;
  }

  private static String words(String name) {
    return name.replace('-', ' ');
  }

  private static String searchable(Decision decision) {
    return (decision.target() + " " + decision.action() + " " + decision.reason())
        .toLowerCase(Locale.ROOT);
  }
}
