package dev.retort.jobs.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.stage.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts and stops {@code deploy/cluster} as a user does. */
class ClusterScriptIT {
  @TempDir private Path folder;

  @Test
  void itStartsRefusesASecondStartStopsAndStartsAgain() throws Exception {
    try (LocalCluster cluster = new LocalCluster(folder.resolve("state"))) {
      Launcher.Outcome first = cluster.start("--workers", "1");
      Launcher.Outcome second = cluster.start();
      List<ProcessHandle> processes = processes(cluster, "master", "worker-1");

      assertThat(first.exitCode()).as(first.output()).isZero();
      assertThat(first.output()).contains(cluster.master() + " has 1 workers");
      assertThat(second.exitCode()).isEqualTo(2);
      assertThat(second.output()).contains("one runs already on port").contains("stop it first");
      assertThat(processes).hasSize(2).allMatch(ProcessHandle::isAlive);
      assertThat(cluster.status().exitCode()).isZero();

      assertThat(cluster.stop().output()).contains("stopped worker-1 master");
      for (ProcessHandle process : processes) {
        assertThat(process.onExit()).succeedsWithin(Duration.ofSeconds(10));
      }
      assertThat(cluster.status().exitCode()).isEqualTo(3);

      assertThat(cluster.start("--workers", "1").exitCode()).isZero();
    }
  }

  @Test
  void aPortOfAnotherProgramIsRefused() throws Exception {
    LocalCluster cluster = new LocalCluster(folder.resolve("state"));
    try (ServerSocket other =
        new ServerSocket(cluster.uiPort(), 1, InetAddress.getLoopbackAddress())) {
      Launcher.Outcome outcome = cluster.start();

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.output())
          .contains(
              "port %d of 127.0.0.1 is taken by another program".formatted(other.getLocalPort()));
    }
  }

  @Test
  void stopLeavesAProcessAloneThatGotTheNumberOfOneOfOurs() throws Exception {
    LocalCluster cluster = new LocalCluster(folder);
    Process other = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(cluster.pidFile("master"), other.pid() + "\n");

      assertThat(cluster.stop().output()).contains("nothing of");
      assertThat(other.isAlive()).isTrue();
    } finally {
      other.destroy();
    }
  }

  @Test
  void aFolderWithOtherFilesIsNoState() throws Exception {
    Path file = Files.writeString(folder.resolve("worker-notes.txt"), "mine");

    Launcher.Outcome outcome = new LocalCluster(folder).start();

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("must be new or of an earlier start");
    assertThat(file).hasContent("mine");
  }

  @Test
  void wrongOptionsAreRefused() throws Exception {
    for (List<String> options :
        List.of(
            List.of("start", "--port", "x"),
            List.of("start", "--port"),
            List.of("stop", "--bogus"),
            List.of("restart"))) {
      Launcher.Outcome outcome =
          Launcher.run(
              Map.of(), Stream.concat(Stream.of("deploy/cluster"), options.stream()).toList());

      assertThat(outcome.exitCode()).as("%s: %s", options, outcome.output()).isEqualTo(2);
    }
  }

  private static List<ProcessHandle> processes(LocalCluster cluster, String... names)
      throws IOException {
    return Stream.of(names)
        .map(cluster::pidFile)
        .map(ClusterScriptIT::handle)
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<ProcessHandle> handle(Path pidFile) {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
