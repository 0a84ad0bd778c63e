package dev.retort.jobs.stage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process of another program, killed with all that it started when closed or after its time. */
final class PeerProcess implements AutoCloseable {
  private final Process process;
  private final CompletableFuture<Boolean> ended;

  PeerProcess(ProcessBuilder builder, Duration longest) throws IOException {
    this.process = builder.start();
    this.ended =
        process
            .onExit()
            .thenApply(exited -> true)
            .completeOnTimeout(false, longest.toMillis(), TimeUnit.MILLISECONDS)
            .thenApply(this::killedUnless);
  }

  private boolean killedUnless(boolean inTime) {
    if (!inTime) {
      kill();
    }
    return inTime;
  }

  /** What it prints, to the end. */
  BufferedReader output() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** Waits for its end. */
  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** Whether it was killed because its time was over. */
  boolean ranOutOfTime() {
    return !ended.join();
  }

  @Override
  public void close() {
    kill();
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    // Not by the process itself, which closes its output under who reads it.
    process.toHandle().destroyForcibly();
  }
}
