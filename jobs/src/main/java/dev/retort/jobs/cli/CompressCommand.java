package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.RunResult;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Runs a recipe. */
@Command(
    name = "compress",
    mixinStandardHelpOptions = true,
    header = "Run a recipe: make the model smaller, verify it, and write a report.",
    description = {
      "",
      "Brings the data into shards, then takes step by step: measure, plan, rewrite, evaluate. Results"
          + " are kept in store/ below the work root and shared by all runs; the run itself, with its"
          + " models, plans, result.json and report.html, is runs/<run-id>/ there.",
      "",
      "The same command, repeated, goes on where it stopped; on a finished run it prints the result."
          + " Editing one step redoes only what depends on it.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort compress conf/recipes/fashion-mnist.yaml",
      "  retort compress my.yaml --set steps.1.quantize.calibration.range=kl --run-id try-kl",
      "  retort compress my.yaml --measurements runs/first/measurements.json",
      "  SPARK_HOME=/opt/spark retort compress my.yaml --master spark://host:7077 --work hdfs://host/w",
      "Exit codes: 0 all gates hold, 4 one does not (all files are there), 2, 3, 5, 10, 130 as in"
          + " 'retort --help'."
    })
final class CompressCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @ParentCommand private RetortCommand root;
  @Mixin private RecipeOptions options;

  @Option(
      names = "--result",
      paramLabel = "FILE",
      description = {
        "Write the result of this attempt here, too: a path or URI of its own. For whoever cannot",
        "see the exit code, as in cluster mode; 'retort result FILE' reads it."
      })
  private String resultFile;

  @Option(names = "--json", description = "Print the result as JSON, as in result.json.")
  private boolean json;

  private RunResult compress() {
    try (ConsoleProgress progress = ConsoleProgress.start()) {
      return root.engine().compress(options.request(progress));
    }
  }

  @Override
  public Integer call() {
    RunResult result = options.attempt(resultFile).record(this::compress);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(result));
    } else {
      ResultTable.print(result, options.work(), out);
    }
    if (!result.message().isEmpty()) {
      spec.commandLine().getErr().println(result.message());
    }
    return result.exitCode();
  }
}
