package dev.retort.jobs.cli;

import dev.retort.error.Credentials;
import dev.retort.error.ExitCode;
import dev.retort.error.RetortException;
import dev.retort.jobs.spark.SparkFailures;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into a message for the user and an exit code. */
final class Failures {
  private static final Pattern OF_SPARK =
      Pattern.compile(
          "-c|--(conf|properties-file|deploy-mode|files|jars|packages|num-executors"
              + "|(driver|executor|total-executor)-(memory|cores))(=.*)?");

  private Failures() {}

  /** For picocli: a command failed. */
  static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    RetortCommand root = (RetortCommand) command.getCommandSpec().root().userObject();
    return report(failure, command.getErr(), root.isVerbose() ? Detail.TRACE : Detail.MESSAGE);
  }

  /** For picocli: the command line is wrong. */
  static int badArguments(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("Cannot run the command: " + Credentials.redacted(failure.getMessage()));
    UnmatchedArgumentException.printSuggestions(failure, err);
    if (failure instanceof UnmatchedArgumentException unmatched
        && unmatched.getUnmatched().stream().anyMatch(word -> OF_SPARK.matcher(word).matches())) {
      err.println(
          "Options of spark-submit must stand before retort.jar; deploy/retort takes them anywhere.");
    }
    err.println("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
    return ExitCode.USAGE.code();
  }

  /** Prints {@code failure} and returns its exit code. */
  static int report(Throwable failure, PrintWriter err, Detail detail) {
    Optional<RetortException> expected = expected(failure);
    if (expected.isEmpty()) {
      err.println("This is a defect of Retort: " + firstLine(failure));
      err.println("Please report it with the following trace and the output of 'retort version'.");
      failure.printStackTrace(err);
      return ExitCode.BUG.code();
    }
    err.println(expected.get().getMessage());
    if (detail == Detail.TRACE) {
      failure.printStackTrace(err);
    }
    return expected.get().exitCode().code();
  }

  /** How much of a failure the user wants to see. */
  enum Detail {
    MESSAGE,
    TRACE
  }

  /** Spark's messages go on with the traces of tasks, which follow anyway. */
  private static String firstLine(Throwable failure) {
    return failure.toString().lines().findFirst().orElse("unknown");
  }

  /** The error meant for the user, wherever Spark has put it. */
  private static Optional<RetortException> expected(Throwable failure) {
    return Optional.of(SparkFailures.explain(failure))
        .filter(RetortException.class::isInstance)
        .map(RetortException.class::cast);
  }
}
