package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.stage.FashionFixture;
import dev.retort.jobs.stage.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A cluster that {@code deploy/cluster} starts on free ports of this machine, until it is closed.
 */
public final class LocalCluster implements AutoCloseable {
  private final Path state;
  private final int port;
  private final int uiPort;
  private final List<Process> others = new ArrayList<>();

  /** A cluster that does not run yet and keeps its state in {@code state}. */
  LocalCluster(Path state) {
    this.state = state;
    this.port = freePort();
    this.uiPort = freePort();
  }

  /** Runs {@code deploy/cluster start} with more options. */
  Launcher.Outcome start(String... options) throws Exception {
    List<String> more = new ArrayList<>(List.of("--ui-port", Integer.toString(uiPort)));
    more.addAll(List.of(options));
    return script("start", more);
  }

  /** A running cluster of two workers. */
  public static LocalCluster started(Path state, String... options) throws Exception {
    LocalCluster cluster = new LocalCluster(state);
    Launcher.Outcome outcome = cluster.start(options);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return cluster;
  }

  /**
   * Starts one more worker, on another address of this machine: speculative copies of a task go to
   * another host than the task.
   */
  public void addWorker(String host) throws IOException {
    Path jars = FashionFixture.ROOT.resolve("jobs/target/spark");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                jars + "/jars/*",
                "org.apache.spark.deploy.worker.Worker",
                "--host",
                host,
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                "2g",
                "--work-dir",
                state.resolve("worker-" + host).toString(),
                master())
            .redirectErrorStream(true)
            .redirectOutput(state.resolve("worker-" + host + ".log").toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                jars.toString(),
                "SPARK_SCALA_VERSION",
                "2.12",
                "SPARK_LOCAL_IP",
                host,
                "ORT_DISABLE_TELEMETRY",
                "1"));
    others.add(builder.start());
  }

  Launcher.Outcome stop() throws Exception {
    return script("stop", List.of());
  }

  Launcher.Outcome status() throws Exception {
    return script("status", List.of());
  }

  public String master() {
    return "spark://127.0.0.1:" + port;
  }

  int uiPort() {
    return uiPort;
  }

  /** The file with the process id of {@code master}, {@code worker-1} or {@code worker-2}. */
  Path pidFile(String process) {
    return state.resolve(process + ".pid");
  }

  @Override
  public void close() {
    others.forEach(Process::destroy);
    try {
      stop();
    } catch (Exception e) {
      throw new IllegalStateException("cannot stop the cluster of " + state, e);
    }
  }

  private Launcher.Outcome script(String command, List<String> options) throws Exception {
    List<String> words = new ArrayList<>(List.of("deploy/cluster", command));
    words.addAll(List.of("--port", Integer.toString(port), "--state", state.toString()));
    words.addAll(options);
    return Launcher.run(Map.of(), words);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
