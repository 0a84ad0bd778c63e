package dev.retort.autodiff;

import dev.retort.graph.Model;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model that also computes gradients. It returns what it returned before, then the loss, then one
 * gradient for each tensor that was asked for, with the shape and type of that tensor.
 *
 * <p>Tensors that were constants are inputs without a default now: a caller gives them in every
 * run, from a buffer that an optimizer updates. Gradients are plain outputs, so that they can be
 * pinned, and plain tensors, so that a further rewrite can use them (for example {@code |w * g|}).
 *
 * @param model the differentiated model
 * @param loss the output that holds the loss
 * @param gradients the output that holds the gradient of each tensor, in the order asked for
 */
public record Differentiated(Model model, String loss, Map<String, String> gradients) {
  public Differentiated {
    gradients = Collections.unmodifiableMap(new LinkedHashMap<>(gradients));
  }
}
