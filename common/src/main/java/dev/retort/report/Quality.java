package dev.retort.report;

import java.util.Optional;

/**
 * How well a model does its task on the test split, as fractions of 1; what was not measured is
 * empty.
 *
 * @param samples how many samples were tested
 * @param accuracy the share of right classes with its 95 % interval
 * @param macroF1 the mean of the classes' F1
 * @param accuracyChange accuracy minus the teacher's on the same samples (paired), with its 95 %
 *     interval
 * @param agreement the share of samples where the class is the teacher's
 * @param divergence mean KL(teacher || model) in nats
 * @param cosine the mean cosine between the logits
 * @param classes how the samples of each class were called
 */
public record Quality(
    long samples,
    Optional<Estimate> accuracy,
    Optional<Double> macroF1,
    Optional<Estimate> accuracyChange,
    Optional<Double> agreement,
    Optional<Double> divergence,
    Optional<Double> cosine,
    Optional<ClassCounts> classes) {

  /** Nothing but the number of samples is known. */
  public static Quality of(long samples) {
    return new Quality(
        samples,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** This, measured on labels. */
  public Quality withLabels(Estimate measuredAccuracy, double measuredMacroF1) {
    return new Quality(
        samples,
        Optional.of(measuredAccuracy),
        Optional.of(measuredMacroF1),
        accuracyChange,
        agreement,
        divergence,
        cosine,
        classes);
  }

  /** This, with what was called class by class. */
  public Quality withClasses(ClassCounts counted) {
    return new Quality(
        samples,
        accuracy,
        macroF1,
        accuracyChange,
        agreement,
        divergence,
        cosine,
        Optional.of(counted));
  }

  /** This, with the paired change of accuracy against the teacher. */
  public Quality withChange(Estimate change) {
    return new Quality(
        samples, accuracy, macroF1, Optional.of(change), agreement, divergence, cosine, classes);
  }

  /** This, compared with the teacher's outputs. */
  public Quality withTeacher(double sameClass, double meanDivergence, double meanCosine) {
    return new Quality(
        samples,
        accuracy,
        macroF1,
        accuracyChange,
        Optional.of(sameClass),
        Optional.of(meanDivergence),
        Optional.of(meanCosine),
        classes);
  }
}
