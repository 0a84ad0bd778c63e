package dev.retort.jobs.stage;

import dev.retort.jobs.spark.StoredModel;
import dev.retort.plan.Decision;
import dev.retort.plan.Plan;
import dev.retort.quantization.QuantizationChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which quantization was chosen among the candidates, and why.
 *
 * <p>The range is the one whose model is closest to the teacher on validation (mean KL divergence).
 * Of the sets of operators, those that agree with the teacher within {@link #AGREEMENT_MARGIN} of
 * the best are eligible; the fastest of them wins, and of those within {@link #LATENCY_MARGIN} of
 * it the closest to the teacher. Times stay in the measurement: the plan names its key.
 *
 * @param choice the winner
 * @param settings added to the plan's
 * @param decisions one a candidate, the winner's action is {@code chosen}
 */
record ChoicePlan(
    QuantizationChoice choice, SortedMap<String, String> settings, List<Decision> decisions) {
  /** Eligible models call at most this fraction of samples differently than the best does. */
  private static final double AGREEMENT_MARGIN = 0.005;

  /** Medians closer than this fraction are the same speed. */
  private static final double LATENCY_MARGIN = 0.03;

  private static final String CHOSEN =
      "of the candidates within 3 % of the fastest at batch 1, the closest to the teacher";

  private static final Comparator<Scored> CLOSEST =
      Comparator.comparingDouble(scored -> scored.score().divergence().meanDivergence());

  /** A candidate and how its model does on validation. */
  record Scored(QuantizationChoice choice, StoredModel model, Score score) {

    private Decision range(String action, String reason) {
      String keeps = "keeps " + choice.range().meaning() + "; ";
      return decision(choice.range().name(), action, keeps + reason);
    }

    private Decision operators(String action, String reason) {
      return decision(choice.operators(), action, reason);
    }

    private Decision decision(String target, String action, String reason) {
      return Decision.of(target, action, reason)
          .with("validationMeanKl", score.divergence().meanDivergence())
          .with("validationAgreement", score.divergence().agreement())
          .with("sizeBytes", (double) model.sizeBytes());
    }
  }

  static Scored closest(List<Scored> candidates) {
    return candidates.stream().min(CLOSEST).orElseThrow();
  }

  /** The plan when the operators are given. */
  static ChoicePlan ofRange(List<Scored> byRange) {
    return new ChoicePlan(
        closest(byRange).choice(), new TreeMap<>(), List.copyOf(rangeDecisions(byRange)));
  }

  /** The plan when operators are chosen by the speed of their models. */
  static ChoicePlan ofRangeAndGroups(
      List<Scored> byRange, List<Scored> byGroups, Measurement latency) {
    Scored winner = fastest(byGroups, latency);
    List<Decision> decisions = rangeDecisions(byRange);
    decisions.add(winner.operators("chosen-operators", CHOSEN));
    byGroups.stream()
        .filter(scored -> !scored.equals(winner))
        .map(scored -> scored.operators("rejected-operators", rejection(scored, byGroups, latency)))
        .forEach(decisions::add);
    TreeMap<String, String> settings = new TreeMap<>();
    settings.put("latency-measurement", latency.key().hex());
    settings.put("latency-content", latency.contentHash().hex());
    return new ChoicePlan(winner.choice(), settings, decisions);
  }

  /** {@code plan} with the choice before its decisions. */
  Plan addTo(Plan plan) {
    TreeMap<String, String> allSettings = new TreeMap<>(plan.settings());
    allSettings.putAll(settings);
    List<Decision> all = new ArrayList<>(decisions);
    all.addAll(plan.decisions());
    return new Plan(plan.step(), allSettings, all);
  }

  private static List<Decision> rangeDecisions(List<Scored> byRange) {
    Scored winner = closest(byRange);
    List<Decision> decisions = new ArrayList<>();
    decisions.add(winner.range("chosen-range", "the closest to the teacher on validation"));
    byRange.stream()
        .filter(scored -> !scored.equals(winner))
        .map(scored -> scored.range("rejected-range", "further from the teacher on validation"))
        .forEach(decisions::add);
    return decisions;
  }

  private static Scored fastest(List<Scored> candidates, Measurement latency) {
    double limit = slowest(candidates, latency);
    return closest(
        candidates.stream()
            .filter(c -> agrees(c, candidates) && millis(c, latency) <= limit)
            .toList());
  }

  /** What still counts as the speed of the fastest that agrees. */
  private static double slowest(List<Scored> candidates, Measurement latency) {
    return (1 + LATENCY_MARGIN)
        * candidates.stream()
            .filter(c -> agrees(c, candidates))
            .mapToDouble(c -> millis(c, latency))
            .min()
            .orElseThrow();
  }

  private static boolean agrees(Scored candidate, List<Scored> candidates) {
    double best =
        candidates.stream()
            .mapToDouble(c -> c.score().divergence().agreement())
            .max()
            .orElseThrow();
    return candidate.score().divergence().agreement() >= best - AGREEMENT_MARGIN;
  }

  private static String rejection(Scored scored, List<Scored> candidates, Measurement latency) {
    if (!agrees(scored, candidates)) {
      return "agrees with the teacher on fewer samples than the best candidate, by more than 0.5 %";
    }
    return millis(scored, latency) > slowest(candidates, latency)
        ? "more than 3 % slower than the fastest at batch 1"
        : "as fast as the fastest within 3 %, but further from the teacher than the chosen one";
  }

  private static double millis(Scored scored, Measurement latency) {
    return latency.value(MeasureStage.medianOf(scored.model(), 1));
  }
}
