package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.Pipeline;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.ProgressListener;
import dev.retort.recipe.RecipeWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a recipe and what it points to. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    header = "Check a recipe, its files and its model, without running a job.",
    description = {
      "",
      "Reads the recipe with all overrides; looks into local data: whether there are files, and, of 64"
          + " a source at most, whether Parquet and ORC are whole and have the columns, and whether CSV"
          + " and JSON begin like text. Parses the model, checks it for what could harm the process that"
          + " loads it, and compares its inputs and classes with the data's. Says how many texts are"
          + " cut short if an earlier run has ingested them into --work. Takes a second; starts neither"
          + " Spark nor ONNX Runtime.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort validate conf/recipes/fashion-mnist.yaml",
      "  retort validate my.yaml --set runtime.batch=auto --show",
      "Exit codes: 0 valid, 2 the recipe is wrong, 3 the data or the model is."
    })
final class ValidateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private RecipeOptions options;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--show", description = "Print the recipe with every default filled in.")
  private boolean show;

  @Override
  public void run() {
    PipelineRequest request = options.request(ProgressListener.silent());
    Pipeline.checkMeasurements(request);
    List<String> findings = RecipeValidation.check(request);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(
          Json.write(
              new TreeMap<>(
                  Map.of(
                      "status",
                      "valid",
                      "runId",
                      request.effectiveRunId(),
                      "findings",
                      findings,
                      "recipe",
                      RecipeWriter.write(request.recipe())))));
      return;
    }
    if (show) {
      out.print(RecipeWriter.write(request.recipe()));
      return;
    }
    findings.forEach(out::println);
    out.println("The recipe is valid; its run is " + request.effectiveRunId());
  }
}
