package dev.retort.jobs.cli;

import dev.retort.jobs.spark.LogSettings;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * Where every command starts, on a laptop and on a cluster. Ends the process with the exit code
 * that {@link dev.retort.error.ExitCode} lists.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    LogSettings.apply();
    Interruption interruption = Interruption.watch(Thread.currentThread());
    interruption.finish(runGuarded(args));
  }

  /** An error of the virtual machine is a failure like others, with its exit code. */
  private static int runGuarded(String[] args) {
    try {
      return run(args);
    } catch (Throwable failure) {
      return Failures.report(failure, writer(System.err), Failures.Detail.TRACE);
    }
  }

  /** Runs one command on the console and returns its exit code. */
  public static int run(String... args) {
    return run(new PipelineEngine(), writer(System.out), writer(System.err), args);
  }

  static int run(Engine engine, PrintWriter out, PrintWriter err, String... args) {
    CommandLine commandLine = new CommandLine(new RetortCommand(engine));
    commandLine
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(Failures::badArguments)
        .setExecutionExceptionHandler(Failures::failed);
    int code = commandLine.execute(args);
    out.flush();
    err.flush();
    return code;
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
