package dev.retort.jobs.cli;

import dev.retort.error.UserError;
import dev.retort.jobs.run.NamedFile;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.DeployMode;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.jobs.spark.ShippedFiles;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.ProgressListener;
import dev.retort.recipe.Recipe;
import dev.retort.recipe.RecipeReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of every command that takes a recipe. */
final class RecipeOptions {
  @Parameters(
      index = "0",
      paramLabel = "RECIPE",
      description = "The recipe, a YAML file: a path, a URI, or the name of one of --files.")
  private String recipe;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = {
        "Override a key of the recipe; may be repeated. List items by index:",
        "--set steps.1.quantize.calibration.samples=512"
      })
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--work",
      paramLabel = "URI",
      defaultValue = "${env:RETORT_WORK:-.}",
      description = {
        "Where runs/ and store/ are kept, on any Hadoop file system.",
        "Default: RETORT_WORK, or else the working directory."
      })
  private String work;

  @Option(
      names = "--run-id",
      paramLabel = "NAME",
      description = "Name of the run. Default: the recipe's name and 12 digits of its hash.")
  private String runId;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark's master, such as local[2] or spark://host:7077. Default: local[*].")
  private String master;

  @Option(
      names = "--measurements",
      paramLabel = "FILE",
      description = "Replay these measurements instead of measuring; makes a run reproducible.")
  private String measurements;

  /** The recipe with its overrides. */
  Recipe recipe() {
    return RecipeReader.read(ShippedFiles.local(recipe), overrides);
  }

  /** The work root as given. */
  String work() {
    return work;
  }

  /** The file that tells of this attempt, if one is wanted. */
  AttemptResult attempt(String resultFile) {
    Optional<String> named = Optional.ofNullable(resultFile);
    named.ifPresent(file -> checkShared("--result", file));
    return new AttemptResult(
        named.map(file -> NamedFile.of(file, HadoopSettings.ofThisProcess())),
        Objects.requireNonNullElse(runId, ""));
  }

  /** What the pipeline is asked to do; {@code progress} hears how far it is. */
  PipelineRequest request(ProgressListener progress) {
    useMaster();
    checkShared("--work", work);
    URI root = WorkRoot.uriOf(work);
    Optional<String> name = Optional.ofNullable(runId).map(id -> new RunId(id).name());
    return new PipelineRequest(recipe(), root, name, measurementFile(), progress);
  }

  private Optional<Path> measurementFile() {
    Optional<Path> file = Optional.ofNullable(measurements).map(ShippedFiles::local);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      throw UserError.usage(
          "Cannot replay measurements: --measurements is %s, must be a readable file; give the measurements.json of a run"
              .formatted(measurements));
    }
    return file;
  }

  /** A driver in the cluster has a folder of its own, which is gone when it ends. */
  private static void checkShared(String option, String value) {
    if (DeployMode.ofThisProcess() == DeployMode.CLUSTER
        && !value.matches("/.*|[A-Za-z][^/]+:.*")) {
      throw UserError.usage(
          "Cannot run in cluster mode: %s is %s, must be a URI or an absolute path that driver and executors share; give %s"
              .formatted(option, value, option));
    }
  }

  /** Where no spark-submit has said it before. */
  private void useMaster() {
    if (master != null && System.getProperty("spark.master") == null) {
      System.setProperty("spark.master", master);
    }
  }
}
