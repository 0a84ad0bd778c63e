package dev.retort.data;

import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.shape.ShapeInference;
import dev.retort.graph.shape.TensorTypes;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The table that a model looks token ids up in: what a {@code Gather} takes rows of by the input
 * {@code input_ids}, or by what only casts or reshapes it.
 *
 * @param node the name of the {@code Gather}
 * @param rows how many ids it knows
 */
public record EmbeddingTable(String node, long rows) {
  private static final Set<String> KEEPS_IDS =
      Set.of("Cast", "Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose");

  /** The first such table of {@code model} whose size is known. */
  public static Optional<EmbeddingTable> of(Model model) {
    TensorTypes types = ShapeInference.infer(model);
    Set<String> ids = new HashSet<>(Set.of(TokenInput.IDS.modelName()));
    for (Node node : model.graph().nodes()) {
      if (KEEPS_IDS.contains(node.opType()) && ids.contains(node.input(0))) {
        ids.add(node.output(0));
      }
      if (node.is("Gather") && ids.contains(node.input(1)) && node.intAttribute("axis", 0) == 0) {
        Optional<EmbeddingTable> table =
            types
                .of(node.input(0))
                .flatMap(type -> types.dims(node.input(0)))
                .filter(dims -> dims.rank() > 0)
                .map(dims -> new EmbeddingTable(node.name(), dims.size(0)));
        if (table.isPresent()) {
          return table;
        }
      }
    }
    return Optional.empty();
  }
}
