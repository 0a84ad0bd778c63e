package dev.retort.graph.rewrite;

/**
 * One line of the rewriter's log.
 *
 * @param rule the rule's name
 * @param node the name of the node that it looked at, or its first output where it has no name
 * @param opType the node's operator
 * @param outcome what it did: {@link Outcome.Fired} or {@link Outcome.Refused}
 */
public record RuleEvent(String rule, String node, String opType, Outcome outcome) {
  /** Whether the rule rewrote the graph. */
  public boolean fired() {
    return outcome instanceof Outcome.Fired;
  }

  /** Why it fired or refused. */
  public String reason() {
    if (outcome instanceof Outcome.Fired fired) {
      return fired.reason();
    }
    return outcome instanceof Outcome.Refused refused ? refused.reason() : "";
  }
}
