package dev.retort.jobs.fault;

import dev.retort.jobs.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Retort's command in a Java machine of its own, as {@code spark-submit} starts it. */
public final class Driver {
  private static final Path ROOT = Path.of(System.getProperty("retort.root"));
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final List<String> options = new ArrayList<>();
  private final Path log;

  /** A driver of embedded Spark with two cores whose output goes to {@code log}. */
  public Driver(Path log) {
    this.log = log;
    options.add("-Xmx1g");
    options.add("-XX:TieredStopAtLevel=1");
    options.add("-XX:+UseSerialGC");
    options.add("-Dspark.master=local[2]");
    options.add("-Dspark.ui.enabled=false");
    options.add("-Dspark.driver.host=127.0.0.1");
    options.add("-Dspark.driver.bindAddress=127.0.0.1");
  }

  /** Adds options of the Java machine; of two for the same property the later one holds. */
  public Driver with(List<String> more) {
    options.addAll(more);
    return this;
  }

  public Driver with(String... more) {
    return with(List.of(more));
  }

  /** Adds a fault of local files. */
  public Driver with(Fault fault) {
    return with(fault.javaOptions("file", "org.apache.hadoop.fs.RawLocalFileSystem"));
  }

  /** Starts the command. */
  public Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(addOpens());
    command.addAll(options);
    command.add("-Dlog4j2.configurationFile=" + ROOT.resolve("conf/log4j2.properties"));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Runs the command to its end and returns its exit code. */
  public int run(String... arguments) throws IOException, InterruptedException {
    Process process = start(arguments);
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the driver does not end: " + output());
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  /** What drivers of this log printed so far. */
  public String output() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  /** Spark's list, as the file that the launcher reads has it. */
  private static List<String> addOpens() throws IOException {
    return Files.readAllLines(ROOT.resolve("deploy/java-options")).stream()
        .filter(line -> line.startsWith("--add-opens"))
        .toList();
  }
}
