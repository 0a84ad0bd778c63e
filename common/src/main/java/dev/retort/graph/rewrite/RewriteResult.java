package dev.retort.graph.rewrite;

import dev.retort.graph.Model;
import java.util.List;

/**
 * A rewritten model and how it came about.
 *
 * @param model the model at the fixed point
 * @param events every rule that fired, in order, then every refusal that stands at the end
 */
public record RewriteResult(Model model, List<RuleEvent> events) {
  public RewriteResult {
    events = List.copyOf(events);
  }

  /** The events of rules that fired. */
  public List<RuleEvent> fired() {
    return events.stream().filter(RuleEvent::fired).toList();
  }

  /** The events of rules that refused. */
  public List<RuleEvent> refused() {
    return events.stream().filter(event -> !event.fired()).toList();
  }
}
