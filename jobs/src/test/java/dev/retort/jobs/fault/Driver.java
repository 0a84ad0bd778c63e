package dev.retort.jobs.fault;

import dev.retort.jobs.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Retort's command in a Java machine of its own, as {@code spark-submit} starts it. Among its
 * settings is a secret, which no output may show.
 */
public final class Driver {
  /** The secret of Hadoop's settings and of the environment. */
  public static final String SECRET = "hIdDeN-0f-eVeRy-dRiVeR";

  private static final String CLASS_PATH = System.getProperty("java.class.path");
  private static final Path ROOT = Path.of(System.getProperty("retort.root"));
  private static final String LOG_SETTINGS =
      "-Dlog4j2.configurationFile=" + ROOT.resolve("conf/log4j2.properties");
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long POLL_MILLIS = 50;

  private final List<String> options = new ArrayList<>();
  private final Map<String, String> environment = new TreeMap<>();
  private final Path log;
  private String main = Main.class.getName();

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
    options.add("-Dspark.eventLog.enabled=true");
    options.add("-Dspark.eventLog.dir=" + log.toAbsolutePath().getParent().toUri());
    options.add("-Dspark.hadoop.fs.s3a.secret.key=" + SECRET);
    options.add("-Dspark.hadoop.fs.azure.account.key.host=" + SECRET);
    options.add("-Dspark.hadoop.fs.gs.auth.service.account.private.key=" + SECRET);
    environment.put("AWS_ACCESS_KEY_ID", "me");
    environment.put("AWS_SECRET_ACCESS_KEY", SECRET);
  }

  /** A driver whose executors are processes of their own, of the cluster at {@code master}. */
  public Driver onCluster(String master) {
    return with(
        "-Dspark.master=" + master,
        "-Dspark.executor.memory=1g",
        "-Dspark.executor.extraClassPath=" + CLASS_PATH,
        "-Dspark.executor.extraJavaOptions=" + LOG_SETTINGS);
  }

  /**
   * As {@link #onCluster(String)}, of a cluster that this driver starts itself.
   *
   * @param home an empty folder, which stands in for a Spark installation
   */
  public Driver onCluster(String master, Path home) throws IOException {
    Files.createDirectories(home.resolve("jars"));
    environment.put("SPARK_HOME", home.toString());
    environment.put("SPARK_SCALA_VERSION", "2.12");
    return onCluster(master);
  }

  /** As {@link #onCluster(String, Path)}, of two executors. */
  public Driver onTwoExecutors(Path home) throws IOException {
    return onCluster("local-cluster[2,1,1024]", home);
  }

  /** Starts another application than Retort. */
  public Driver running(Class<?> application) {
    main = application.getName();
    return this;
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
    command.add(LOG_SETTINGS);
    command.add("-cp");
    command.add(CLASS_PATH);
    command.add(main);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs the command to its end and returns its exit code. */
  public int run(String... arguments) throws IOException, InterruptedException {
    return exitCode(start(arguments));
  }

  /** Waits until {@code process} has ended and returns its exit code. */
  public int exitCode(Process process) throws IOException, InterruptedException {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the driver does not end: " + output());
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Runs the command, and kills the process that {@code fault} pauses as {@code kill -9} does.
   *
   * @return the exit code of the driver
   */
  public int runKilling(Fault fault, String... arguments) throws IOException, InterruptedException {
    Process process = with(fault.pausing()).start(arguments);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Optional<ProcessHandle> paused = fault.process();
    while (paused.isEmpty()
        && System.nanoTime() < deadline
        && !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      paused = fault.process();
    }
    paused.ifPresent(ProcessHandle::destroyForcibly);
    return exitCode(process);
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
