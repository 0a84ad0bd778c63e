package dev.retort.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a report says, as plain values.
 *
 * @param name the recipe's name
 * @param runId the run
 * @param finished when the run ended, as text for people
 * @param dataSets what the run was on, in the order train, validation, test
 * @param teacher what every ratio is against
 * @param steps the steps in their order; none if the run only evaluated the teacher
 * @param profiles where the time of the teacher goes, and of the last model; empty if not measured
 * @param stages what took how long, in the order of the run
 * @param provenance hashes, seeds, versions, processor, by what they are of
 * @param command what to type to make the same again
 */
public record ReportData(
    String name,
    String runId,
    String finished,
    List<DataSummary> dataSets,
    ModelResult teacher,
    List<StepResult> steps,
    List<TimeProfile> profiles,
    List<StageTime> stages,
    SortedMap<String, String> provenance,
    String command) {
  public ReportData {
    dataSets = List.copyOf(dataSets);
    steps = List.copyOf(steps);
    profiles = List.copyOf(profiles);
    stages = List.copyOf(stages);
    provenance = Collections.unmodifiableSortedMap(new TreeMap<>(provenance));
  }

  /** The last model: what the run was for; the teacher if there is no step. */
  ModelResult last() {
    return steps.isEmpty() ? teacher : steps.get(steps.size() - 1).result();
  }

  /** All activations that were quantized and observed. */
  List<TensorHistogram> activations() {
    return steps.stream().flatMap(step -> step.tensors().activations().stream()).toList();
  }

  /** All weights that were quantized. */
  List<TensorHistogram> weights() {
    return steps.stream().flatMap(step -> step.tensors().weights().stream()).toList();
  }

  /** The teacher and the model after each step. */
  List<ModelResult> models() {
    List<ModelResult> models = new ArrayList<>(List.of(teacher));
    steps.forEach(step -> models.add(step.result()));
    return models;
  }
}
