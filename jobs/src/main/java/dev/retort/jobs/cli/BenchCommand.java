package dev.retort.jobs.cli;

import dev.retort.error.UserError;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.BenchRequest;
import dev.retort.jobs.stage.BenchResult;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Compares labelling with ONNX Runtime alone and with pyspark. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    header = "Measure labelling against ONNX Runtime alone, and against pyspark.",
    description = {
      "",
      "Labels training data of the recipe in several ways, one after the other: a bare loop over"
          + " ONNX Runtime with the same threads, batch and padding (the limit), the same with"
          + " reading and writing, Retort's own job, and pyspark's mapInPandas where Python has"
          + " it. Leave the machine alone meanwhile. Nothing of it stays in the store.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort bench conf/recipes/fashion-mnist.yaml",
      "  retort bench conf/recipes/wordnet-glosses.yaml --samples 8192 --python venv/bin/python",
      "Exit codes: as in 'retort --help'."
    })
final class BenchCommand implements Runnable {
  @Spec private CommandSpec spec;
  @ParentCommand private RetortCommand root;
  @Mixin private RecipeOptions options;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "1000000000",
      description = "Label at most so many training samples, in whole shards. Default: all.")
  private long samples;

  @Option(
      names = "--passes",
      paramLabel = "N",
      defaultValue = "3",
      description = "Passes of each way; the last one counts. Default: ${DEFAULT-VALUE}.")
  private int passes;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      defaultValue = "python3",
      description = "The Python that runs the peer, or none. Default: ${DEFAULT-VALUE}.")
  private String python;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    check("--samples", samples);
    check("--passes", passes);
    BenchResult result;
    try (ConsoleProgress progress = ConsoleProgress.start()) {
      result =
          root.engine().bench(options.request(progress), new BenchRequest(samples, passes, python));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(result));
    } else {
      print(result, out);
    }
  }

  private static void check(String option, long value) {
    if (value < 1) {
      throw UserError.usage(
          "Cannot measure: %s is %d, must be 1 or more; correct the option"
              .formatted(option, value));
    }
  }

  private static void print(BenchResult result, PrintWriter out) {
    out.printf(
        "%s samples, %d task slots, batch %d; a job over the same shards that computes nothing takes %.2f s%n",
        Quantities.grouped(result.samples()), result.slots(), result.batch(), result.jobSeconds());
    double limit = result.samplesPerSecond(BenchResult.LIMIT);
    for (BenchResult.Way way : result.ways()) {
      String figure =
          way.samplesPerSecond() > 0
              ? String.format(
                  Locale.ROOT,
                  "%9s rows/s %6.1f %%",
                  Quantities.grouped(Math.round(way.samplesPerSecond())),
                  100 * way.samplesPerSecond() / limit)
              : String.format(Locale.ROOT, "%9s", "-");
      out.printf("%-54s %s  %s%n", way.name(), figure, way.note());
    }
  }
}
