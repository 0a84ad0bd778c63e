package dev.retort.jobs.cli;

import dev.retort.error.InfrastructureError;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.NamedFile;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.jobs.stage.RunResult;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows how a run ended that was started elsewhere. */
@Command(
    name = "result",
    mixinStandardHelpOptions = true,
    header = "Show the result of a run and end with its exit code.",
    description = {
      "",
      "For runs whose driver is in the cluster: reads what 'compress --result FILE' has written, or"
          + " the result.json of a run directory.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort result hdfs://host/w/runs/fashion-mnist-0123456789ab/result.json",
      "Exit codes: that of the run; 10 if the driver has not ended yet or was lost."
    })
final class ResultCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FILE", description = "A path or URI.")
  private String file;

  @Option(
      names = "--work",
      paramLabel = "URI",
      defaultValue = "${env:RETORT_WORK:-.}",
      description = "The work root of the run, for the path of its report.")
  private String work;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    RunResult result = Json.read(text(), RunResult.class, file);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(result));
    } else if (result.teacher() != null) {
      ResultTable.print(result, work, out);
    }
    if (!result.message().isEmpty()) {
      spec.commandLine().getErr().println(result.message());
    }
    return result.exitCode();
  }

  private String text() {
    return NamedFile.of(file, HadoopSettings.ofThisProcess())
        .text()
        .orElseThrow(
            () ->
                new InfrastructureError(
                    "Cannot read the result: %s is not there, must be the file of a run that has started; the driver ended before it or was lost: see its log and repeat the command"
                        .formatted(file)));
  }
}
