package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.CalibrationResult;
import dev.retort.jobs.stage.CalibrationResult.TensorRanges;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Observes activations and shows the ranges that follow. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    header = "Observe activations, and show the range that each method would choose.",
    description = {
      "",
      "Takes the calibration samples that the recipe's quantize step would take, observes the fused"
          + " model in one pass, and prints each tensor's range by every method. The statistics are"
          + " in the store, where compress finds them.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort calibrate conf/recipes/fashion-mnist.yaml",
      "  retort calibrate my.yaml --json > ranges.json",
      "Exit codes: as in 'retort --help'."
    })
final class CalibrateCommand implements Runnable {
  @Spec private CommandSpec spec;
  @ParentCommand private RetortCommand root;
  @Mixin private RecipeOptions options;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    CalibrationResult result;
    try (ConsoleProgress progress = ConsoleProgress.start()) {
      result = root.engine().calibrate(options.request(progress));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(result));
      return;
    }
    result.tensors().forEach(tensor -> print(tensor, out));
    out.println("statistics " + result.contentHash());
  }

  private static void print(TensorRanges tensor, PrintWriter out) {
    out.print(
        String.format(
            Locale.ROOT,
            "%s: %,d values in [%.4g, %.4g]%n",
            tensor.tensor(),
            tensor.values(),
            tensor.min(),
            tensor.max()));
    tensor
        .ranges()
        .forEach(
            (method, ends) ->
                out.print(
                    String.format(
                        Locale.ROOT, "  %-16s [%.4g, %.4g]%n", method, ends.get(0), ends.get(1))));
  }
}
