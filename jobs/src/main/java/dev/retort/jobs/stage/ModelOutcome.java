package dev.retort.jobs.stage;

import dev.retort.provenance.Sha256;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model of the run and what it was found to be worth on the test data.
 *
 * @param name the step's name, {@code teacher} for the original
 * @param model its file, relative to the run directory
 * @param sha256 the digest of the file
 * @param sizeBytes the file's length
 * @param zippedBytes its length after DEFLATE, what an app package would hold
 * @param parameters trainable numbers
 * @param metrics by name: accuracy and macroF1 where the data has labels, agreement, meanKl (nats)
 *     and meanCosine against the teacher, accuracyDrop (points) with its interval
 * @param latencyMillis median at batch 1, one thread
 * @param latencyMillisBatch32 median of a batch of 32, one thread
 * @param gates the recipe's gates
 * @param note what a reader of the figures must know; empty for most
 */
public record ModelOutcome(
    String name,
    String model,
    Sha256 sha256,
    long sizeBytes,
    long zippedBytes,
    long parameters,
    SortedMap<String, Double> metrics,
    double latencyMillis,
    double latencyMillisBatch32,
    List<GateResult> gates,
    String note) {
  public ModelOutcome {
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    gates = List.copyOf(gates);
    note = Objects.requireNonNullElse(note, "");
  }

  ModelOutcome withGates(List<GateResult> newGates) {
    return new ModelOutcome(
        name,
        model,
        sha256,
        sizeBytes,
        zippedBytes,
        parameters,
        metrics,
        latencyMillis,
        latencyMillisBatch32,
        newGates,
        note);
  }
}
