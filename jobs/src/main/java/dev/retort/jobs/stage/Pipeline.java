package dev.retort.jobs.stage;

import dev.retort.data.DatasetDescriptor;
import dev.retort.data.TokenLengths;
import dev.retort.error.UserError;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.Store;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.jobs.spark.SparkFailures;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.DataSettings;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeWriter;
import dev.retort.recipe.Step;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What the commands call. Each opens the run, takes its lease, and closes it. */
public final class Pipeline {
  private static final int NAME_DIGITS = 12;

  private Pipeline() {}

  /** Runs the whole recipe; a run that is finished already gives its result again. */
  public static RunResult compress(PipelineRequest request) {
    Optional<RunResult> finished = finished(request);
    if (finished.isPresent()) {
      return finished.get();
    }
    return within(
        request,
        run -> {
          RunResult result = new Compression(run).execute();
          run.finish(result);
          return result;
        });
  }

  /** Opens the run for {@code work}; whatever ends it is written down in its result. */
  private static <T> T within(PipelineRequest request, Function<Run, T> work) {
    ownDirectory(request);
    try (Run run = Run.open(request)) {
      try {
        return work.apply(run);
      } catch (Exception | OutOfMemoryError e) {
        RuntimeException explained = SparkFailures.explain(e);
        run.fail(explained);
        throw explained;
      } catch (Error e) {
        run.fail(e);
        throw e;
      }
    }
  }

  /** What {@link #compress} would do; starts no Spark and takes no lease. */
  public static RunOutlook plan(PipelineRequest request) {
    return Outlook.of(request);
  }

  /**
   * Checks the measurements that a run would replay.
   *
   * @throws UserError (exit 2) if {@code --measurements} cannot be read, (exit 3) if it holds
   *     something else
   */
  public static void checkMeasurements(PipelineRequest request) {
    MeasurementFile.replayed(request);
  }

  /**
   * Holds the recipe's {@code runtime.memory-limit} against its teacher; starts no Spark.
   *
   * @return what is known of the limit, if the recipe sets one
   * @throws UserError (exit 2) if {@link #compress} would refuse to run for it
   */
  public static Optional<String> checkMemory(Recipe recipe, CheckedModel teacher) {
    return MemoryLimit.check(
        recipe, teacher.fused(), recipe.runtime().batch(), HadoopSettings.sparkOfThisProcess());
  }

  /**
   * The lengths of the texts of the data sets that an earlier run left in the store, by name, in
   * the order train, validation, test; starts no Spark.
   *
   * @throws UserError if a source of the data or the tokenizer is missing
   */
  public static Map<String, TokenLengths> knownTexts(PipelineRequest request) {
    Recipe recipe = request.recipe();
    Map<String, TokenLengths> lengths = new LinkedHashMap<>();
    PlannedIngest.of(
            recipe.data(),
            DataInputs.of(recipe.data()),
            StageKeys.ofThisMachine(recipe, Store.look(request.root())))
        .forEach(
            set ->
                set.stored()
                    .map(DatasetDescriptor::lengths)
                    .ifPresent(found -> lengths.put(set.name(), found)));
    return lengths;
  }

  /** Stores the teacher's logits on training and validation data; no step is run. */
  public static List<LabelResult> label(PipelineRequest request) {
    return within(request.named("label"), run -> ended(run, new SingleStages(run).label()));
  }

  /**
   * Observes the fused model on calibration data as the recipe's quantize step says.
   *
   * @throws UserError (exit 2) if the recipe has no quantize step
   */
  public static CalibrationResult calibrate(PipelineRequest request) {
    Step.Quantize step =
        request.recipe().steps().stream()
            .filter(Step.Quantize.class::isInstance)
            .map(Step.Quantize.class::cast)
            .findFirst()
            .orElseThrow(
                () ->
                    UserError.usage(
                        "Cannot calibrate: steps of recipe %s have no quantize, must have one; add it"
                            .formatted(request.recipe().name())));
    return within(
        request.named("calibrate"), run -> ended(run, new SingleStages(run).calibrate(step)));
  }

  /**
   * Evaluates a model file on the test data: the teacher's outcome, then the model's. Each model
   * has a run directory of its own, whose result holds both.
   */
  public static List<ModelOutcome> evaluate(PipelineRequest request, Path model) {
    CheckedModel checked = CheckedModel.of(model, request.recipe().data());
    String command = "evaluate-" + checked.unstored().sha256().prefix(NAME_DIGITS);
    return within(
        request.named(command),
        run -> {
          List<ModelOutcome> found = new SingleStages(run).evaluate(checked);
          run.finish(
              RunResult.complete(
                  run.runId(), found.get(0), found.subList(1, found.size()), run.timings()));
          return found;
        });
  }

  /** Ends the run of a command that makes no model; its {@code found} is printed, not kept. */
  private static <T> T ended(Run run, T found) {
    run.finish(RunResult.complete(run.runId(), null, List.of(), run.timings()));
    return found;
  }

  /** Labels training data in several ways and times them; leaves nothing in the store. */
  public static BenchResult bench(PipelineRequest request, BenchRequest bench) {
    try (Run run = Run.open(request.named("bench"))) {
      return new Bench(run, bench).execute();
    }
  }

  private static Optional<RunResult> finished(PipelineRequest request) {
    RunDirectory directory = ownDirectory(request);
    Optional<RunResult> result =
        directory.isFinished()
            ? directory.text(RunDirectory.RESULT).map(text -> Json.read(text, RunResult.class))
            : Optional.empty();
    result.ifPresent(
        found -> {
          checkTeacher(request, directory, found.teacher().sha256());
          checkSources(request, directory);
        });
    return result;
  }

  /** The recipe has a path only: another model may lie there by now. */
  private static void checkTeacher(
      PipelineRequest request, RunDirectory directory, Sha256 ofTheRun) {
    CheckedModel model = CheckedModel.of(request.recipe());
    Sha256 now = model.unstored().sha256();
    if (!now.equals(ofTheRun)) {
      throw UserError.usage(
          "Cannot run %s: model %s has SHA-256 %s, must have %s as when the run in %s was finished; give another --run-id, or remove that run"
              .formatted(
                  request.effectiveRunId(), model.name(), now, ofTheRun, directory.folder()));
    }
  }

  /** The recipe has paths only: other data may lie there by now. */
  private static void checkSources(PipelineRequest request, RunDirectory directory) {
    DataSettings data = request.recipe().data();
    DataSources ofTheRun =
        directory
            .json(RunDirectory.SOURCES, DataSources.class)
            .orElseGet(() -> new DataSources(new TreeMap<>()));
    DataSources.of(data, DataInputs.of(data))
        .differsFrom(ofTheRun)
        .ifPresent(
            key -> {
              throw UserError.usage(
                  "Cannot run %s: the files of %s are others than when the run in %s was finished, must be the same; give another --run-id, or remove that run"
                      .formatted(request.effectiveRunId(), key, directory.folder()));
            });
  }

  /** A run belongs to one recipe: its directory would hold a mixture otherwise. */
  private static RunDirectory ownDirectory(PipelineRequest request) {
    RunDirectory directory = RunDirectory.of(request.root(), new RunId(request.effectiveRunId()));
    directory
        .text(RunDirectory.RECIPE)
        .filter(text -> !text.equals(RecipeWriter.write(request.recipe())))
        .ifPresent(
            text -> {
              throw UserError.usage(
                  "Cannot run %s: the recipe is another than that of the run in %s, must be the same; give another --run-id"
                      .formatted(request.effectiveRunId(), directory.folder()));
            });
    return directory;
  }
}
