package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.jobs.spark.StoredModel;

/**
 * A user's model in the store.
 *
 * @param checked the model as it was taken in
 * @param file the user's file
 * @param inference the file of the fused model: what labels are computed with
 */
record Teacher(CheckedModel checked, StoredModel file, StoredModel inference) {

  /** The graph that steps start from. */
  Model model() {
    return checked.model();
  }

  /** The graph of {@link #inference}. */
  Model fused() {
    return checked.fused();
  }
}
