package dev.retort.jobs.stage;

import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.recipe.ByteSize;
import dev.retort.recipe.Recipe;
import dev.retort.runtime.MemoryPrediction;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * The limit of a recipe ({@code runtime.memory-limit}) as far as it can be held against the teacher
 * before Spark starts. Refuses what {@link MemoryGuard} would refuse for certain: where the number
 * of tasks that an executor will run at once, or the batch, is not known, the least counts.
 */
final class MemoryLimit {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[([0-9]+|\\*).*)?");

  private final ByteSize limit;
  private final DataInputs inputs;
  private final Model teacher;
  private final int callers;

  private MemoryLimit(ByteSize limit, DataInputs inputs, Model teacher, int callers) {
    this.limit = limit;
    this.inputs = inputs;
    this.teacher = teacher;
    this.callers = callers;
  }

  /**
   * Holds the limit, if there is one, against the teacher.
   *
   * @param teacher as it will be run
   * @param batch of the recipe, or as measured; empty if it is yet to be measured
   * @param conf Spark's settings, which tell how many tasks run at once
   * @return what is known of the limit, one clause
   * @throws UserError (exit 2) if the run would be refused for it
   */
  static Optional<String> check(Recipe recipe, Model teacher, OptionalInt batch, SparkConf conf) {
    return recipe
        .runtime()
        .memoryLimit()
        .map(
            limit ->
                new MemoryLimit(limit, DataInputs.of(recipe.data()), teacher, callers(conf))
                    .check(batch));
  }

  private String check(OptionalInt batch) {
    int least = batch.orElse(1);
    MemoryPrediction needed = predict(least);
    MemoryGuard.checkLimit("the teacher", needed, limit, MemoryGuard.load(needed, least, callers));
    String holds = "runtime.memory-limit is %s, which holds the teacher ".formatted(limit);
    if (batch.isPresent()) {
      return holds + "in batches of %d".formatted(least);
    }
    int most =
        MeasureStage.BATCHES.stream()
            .filter(each -> predict(each).totalBytes() <= limit.bytes())
            .max(Comparator.naturalOrder())
            .orElse(least);
    return most == MeasureStage.BATCHES.get(MeasureStage.BATCHES.size() - 1)
        ? holds + "in every batch that runtime.batch: auto may find"
        : holds
            + "in batches of %d; runtime.batch: auto may find a larger one, with which the run is refused: set %d or less"
                .formatted(most, most);
  }

  private MemoryPrediction predict(int batch) {
    return MemoryGuard.predict(inputs, teacher, batch, callers);
  }

  /** Tasks that are sure to run at once in an executor. */
  static int callers(SparkConf conf) {
    Matcher local = LOCAL.matcher(conf.get("spark.master", "local[*]"));
    int cores =
        local.matches() ? localCores(local.group(1)) : conf.getInt("spark.executor.cores", 1);
    return Math.max(1, cores / conf.getInt("spark.task.cpus", 1));
  }

  private static int localCores(String cores) {
    if (cores == null) {
      return 1;
    }
    return cores.equals("*") ? Runtime.getRuntime().availableProcessors() : Integer.parseInt(cores);
  }
}
