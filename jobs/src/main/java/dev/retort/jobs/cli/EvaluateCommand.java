package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.spark.ShippedFiles;
import dev.retort.jobs.stage.ModelOutcome;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Scores any model on a recipe's test data. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    header = "Score a model on the test data of a recipe, next to its teacher.",
    description = {
      "",
      "The model must take the recipe's inputs, with or without the preprocessing in its graph, and"
          + " return logits as the teacher does. It is checked and tried in a process of its own"
          + " first. The run is runs/<run-id>-evaluate-<12 digits of the model's hash>/, with"
          + " result.json.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort evaluate conf/recipes/fashion-mnist.yaml other-int8.onnx",
      "Exit codes: as in 'retort --help'."
    })
final class EvaluateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @ParentCommand private RetortCommand root;
  @Mixin private RecipeOptions options;

  @Parameters(index = "1", paramLabel = "MODEL", description = "An ONNX model file.")
  private String model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    List<ModelOutcome> outcomes;
    try (ConsoleProgress progress = ConsoleProgress.start()) {
      outcomes = root.engine().evaluate(options.request(progress), ShippedFiles.local(model));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(outcomes));
      return;
    }
    ResultTable.print(outcomes.get(0), outcomes.subList(1, outcomes.size()), out);
    outcomes.get(outcomes.size() - 1).metrics().forEach((name, value) -> print(name, value, out));
  }

  private static void print(String name, double value, PrintWriter out) {
    out.print(String.format(Locale.ROOT, "%-18s %.6g%n", name, value));
  }
}
