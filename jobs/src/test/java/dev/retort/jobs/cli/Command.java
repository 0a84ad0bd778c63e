package dev.retort.jobs.cli;

import dev.retort.jobs.stage.RunResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/** One command, run as the launcher would: its exit code and what it printed. */
record Command(int exitCode, String out, String err) {
  static final Path ROOT = Path.of(System.getProperty("retort.root"));

  /** Runs a command that needs no pipeline. */
  static Command run(String... args) {
    return run(FakeEngine.unused(), args);
  }

  /** Runs a command with a pipeline that returns {@code result}. */
  static Command run(RunResult result, String... args) {
    return run(new FakeEngine(request -> result), args);
  }

  static Command run(Engine engine, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(engine, new PrintWriter(out), new PrintWriter(err), args);
    return new Command(code, out.toString(), err.toString());
  }
}
