package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.LabelResult;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Stores the teacher's outputs. */
@Command(
    name = "label",
    mixinStandardHelpOptions = true,
    header = "Store the teacher's outputs on training and validation data.",
    description = {
      "",
      "Ingests the data if that is not done, and runs the teacher over it. The result is in the store,"
          + " where compress and other runs find it. A label step of the recipe says whether all"
          + " outputs are kept or the largest.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort label conf/recipes/fashion-mnist.yaml",
      "Exit codes: as in 'retort --help'."
    })
final class LabelCommand implements Runnable {
  @Spec private CommandSpec spec;
  @ParentCommand private RetortCommand root;
  @Mixin private RecipeOptions options;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    List<LabelResult> results;
    try (ConsoleProgress progress = ConsoleProgress.start()) {
      results = root.engine().label(options.request(progress));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(results));
      return;
    }
    for (LabelResult result : results) {
      out.printf(
          "%s: %s samples, content %s%n  %s%n",
          result.data(),
          Quantities.grouped(result.samples()),
          result.contentHash(),
          result.location());
    }
  }
}
