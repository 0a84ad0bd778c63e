package dev.retort.jobs.stage;

import dev.retort.graph.Model;
import dev.retort.jobs.spark.StoredModel;

/**
 * The original model.
 *
 * @param file the user's file, in the store; with external data, one file that holds it all
 * @param original the graph as it was read
 * @param model the graph with the data's preprocessing as a prefix: what steps start from
 * @param fused {@code model} with what can be folded folded: what labels are computed with
 * @param inference the file of {@code fused}
 */
record Teacher(StoredModel file, Model original, Model model, Model fused, StoredModel inference) {}
