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

  private static final Comparator<Scored> CLOSEST =
      Comparator.comparingDouble(scored -> scored.score().divergence().meanDivergence());

  /** A candidate and how its model does on validation. */
  record Scored(QuantizationChoice choice, StoredModel model, Score score) {

    private Decision decision(String action, String reason) {
      return Decision.of(choice.name(), action, reason)
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
    for (Scored scored : byGroups) {
      decisions.add(
          scored.equals(winner)
              ? scored.decision(
                  "chosen", "the fastest that agrees with the teacher, or as fast and closer to it")
              : scored.decision("rejected", rejection(scored, winner, latency)));
    }
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
    for (Scored scored : byRange) {
      decisions.add(
          scored.equals(winner)
              ? scored.decision("chosen-range", "the closest to the teacher on validation")
              : scored.decision("rejected-range", "further from the teacher on validation"));
    }
    return decisions;
  }

  private static Scored fastest(List<Scored> candidates, Measurement latency) {
    List<Scored> eligible = candidates.stream().filter(c -> agrees(c, candidates)).toList();
    double best = eligible.stream().mapToDouble(c -> millis(c, latency)).min().orElseThrow();
    return closest(
        eligible.stream().filter(c -> millis(c, latency) <= best * (1 + LATENCY_MARGIN)).toList());
  }

  private static boolean agrees(Scored candidate, List<Scored> candidates) {
    double best =
        candidates.stream()
            .mapToDouble(c -> c.score().divergence().agreement())
            .max()
            .orElseThrow();
    return candidate.score().divergence().agreement() >= best - AGREEMENT_MARGIN;
  }

  private static String rejection(Scored scored, Scored winner, Measurement latency) {
    if (scored.score().divergence().agreement()
        < winner.score().divergence().agreement() - AGREEMENT_MARGIN) {
      return "agrees less with the teacher than the chosen one";
    }
    return millis(scored, latency) > millis(winner, latency)
        ? "slower than the chosen one"
        : "as fast as the chosen one within noise, and further from the teacher";
  }

  private static double millis(Scored scored, Measurement latency) {
    return latency.value(MeasureStage.medianOf(scored.model(), 1));
  }
}
