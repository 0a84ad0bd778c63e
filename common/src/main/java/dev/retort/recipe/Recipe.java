package dev.retort.recipe;

import dev.retort.graph.join.Pooling;
import dev.retort.provenance.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * What a run shall do, complete and checked: every default is filled in.
 *
 * @param name names the run and its directory
 * @param model the teacher's file, or those of an encoder and a head that are joined: what is made
 *     smaller, and what every ratio is against
 * @param pooling how the encoder's tokens become one vector; given with a head only
 * @param normalize whether that vector is divided by its Euclidean length
 * @param data where the samples are and what they look like
 * @param steps what is done, in order; never empty
 * @param runtime how ONNX Runtime is used
 * @param gates what the result must reach
 * @param seed the root of all randomness
 * @param allowMixedCpu whether executors of different CPU classes may take part, which makes the
 *     run not reproducible
 * @param spark how the work is spread; never changes a result
 */
public record Recipe(
    String name,
    List<String> model,
    Optional<Pooling> pooling,
    boolean normalize,
    DataSettings data,
    List<Step> steps,
    RuntimeSettings runtime,
    Gates gates,
    long seed,
    boolean allowMixedCpu,
    SparkSettings spark) {
  private static final int RUN_ID_DIGITS = 12;

  public Recipe {
    model = List.copyOf(model);
    steps = List.copyOf(steps);
  }

  /** The digest of {@link RecipeWriter#write}: equal recipes have equal digests. */
  public Sha256 sha256() {
    return Sha256.of(RecipeWriter.write(this));
  }

  /** The run's default name: {@code <name>-<12 hexadecimal digits>}. */
  public String runId() {
    return name + "-" + sha256().prefix(RUN_ID_DIGITS);
  }
}
