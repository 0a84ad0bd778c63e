package dev.retort.jobs.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command without a command: says what there is. */
@Command(
    name = "retort",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    header = "Makes trained neural networks small and fast, and shows what it cost.",
    description = {
      "",
      "Retort takes an ONNX model, data and a recipe, and leaves a smaller model, verified against"
          + " the original, with a report that gives the reason of every decision. The work runs"
          + " on Spark: embedded, on an installation in SPARK_HOME, or on a cluster with --master.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  retort compress conf/recipes/fashion-mnist.yaml",
      "  retort inspect data/models/fashion-resnet.onnx",
      "  retort compress my.yaml --set runtime.batch=8 --work hdfs://host/retort",
      "  retort compress my.yaml --master yarn --conf spark.executor.cores=2 --files teacher.onnx",
      "",
      "Options of spark-submit may stand anywhere when the launcher deploy/retort is used.",
      "",
      "Exit codes:",
      "    0  done                          5  another driver works on this run",
      "    1  a defect of Retort           10  cluster, store or disk failed: try again",
      "    2  wrong recipe or command line 130  stopped by a signal: try again",
      "    3  wrong or unsupported data or model",
      "    4  done, but the result misses a gate of the recipe",
      "",
      "The same command, repeated, goes on where it stopped. 'retort COMMAND --help' says more."
    },
    subcommands = {
      CompressCommand.class,
      PlanCommand.class,
      ValidateCommand.class,
      InspectCommand.class,
      JoinCommand.class,
      EvaluateCommand.class,
      LabelCommand.class,
      CalibrateCommand.class,
      BenchCommand.class,
      ResultCommand.class,
      CleanCommand.class,
      ReferenceCommand.class,
      VersionCommand.class
    })
final class RetortCommand implements Runnable {
  private final Engine engine;

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show the stack trace of an error, too.")
  private boolean verbose;

  RetortCommand(Engine engine) {
    this.engine = engine;
  }

  Engine engine() {
    return engine;
  }

  boolean isVerbose() {
    return verbose;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
