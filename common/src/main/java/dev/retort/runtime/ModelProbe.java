package dev.retort.runtime;

import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.RetortException;
import dev.retort.error.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads and runs an untrusted model for the first time in a child process, so that a model that
 * crashes, hangs or fills the memory harms nothing else. A model that passes may still fail on
 * other inputs, but by an exception.
 *
 * <p>Takes about a second; the caller keeps the result by the model's hash. The memory limit holds
 * where the system has {@code /proc}; it is looked at every 10 ms.
 */
public final class ModelProbe {
  private static final Logger LOG = LoggerFactory.getLogger(ModelProbe.class);
  private static final long POLL_MILLIS = 10;
  private static final long MEGABYTE = 1 << 20;

  /** What a trial took: wall-clock time and the child's largest resident memory seen. */
  public record Result(Duration time, long peakBytes) {}

  private ModelProbe() {}

  /**
   * Tries a model.
   *
   * @throws UserError if it does not load or run, kills its process, or exceeds a limit
   * @throws InfrastructureError if the child process cannot do its work
   * @throws InterruptedRunError if this thread is interrupted meanwhile
   */
  public static Result probe(ProbeRequest request) {
    try (ScratchFolder scratch = ScratchFolder.create("retort-probe")) {
      Process child = ProbeProcess.start(request, scratch.path());
      try {
        Result result = watch(child, request, ProbeProcess.note(scratch.path()));
        judge(child.exitValue(), request, scratch.path());
        LOG.debug("Model {} passed its trial: {}", request.model(), result);
        return result;
      } finally {
        child.destroyForcibly().waitFor();
      }
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot try model %s in a child process: %s; check %s and the temporary folder %s"
              .formatted(
                  request.model(),
                  e.getMessage(),
                  ProbeProcess.JAVA,
                  System.getProperty("java.io.tmpdir")),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedRunError(
          "Cannot finish the trial of model " + request.model() + ": interrupted", e);
    }
  }

  private static Result watch(Process child, ProbeRequest request, Path note)
      throws InterruptedException, IOException {
    long start = System.nanoTime();
    ResidentMemory memory = ResidentMemory.of(child.toHandle());
    ProbeRequest.Limits limits = request.limits();
    long peak = 0;
    while (!child.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
      peak = Math.max(peak, memory.nowBytes());
      if (peak > limits.memoryBytes()) {
        throw refusal(
            request,
            "%s took over %d MB of memory".formatted(read(note), limits.memoryBytes() / MEGABYTE));
      }
      if (System.nanoTime() - start > limits.time().toNanos()) {
        throw refusal(
            request, "%s took over %d s".formatted(read(note), limits.time().toSeconds()));
      }
    }
    return new Result(Duration.ofNanos(System.nanoTime() - start), peak);
  }

  static void judge(int exitCode, ProbeRequest request, Path folder) throws IOException {
    if (exitCode == 0) {
      return;
    }
    String note = read(ProbeProcess.note(folder));
    if (exitCode == ProbeChild.REFUSED) {
      throw UserError.input(note);
    }
    String crash = CrashLog.summary(ProbeProcess.crashLog(folder));
    if (crash.isEmpty() && exitCode < 128) {
      throw new InfrastructureError(
          "Cannot try model %s: the child process ended with code %d: %s"
              .formatted(request.model(), exitCode, read(ProbeProcess.console(folder)).strip()));
    }
    String cause = crash.isEmpty() ? "exit code " + exitCode : crash;
    throw refusal(request, "%s killed the process (%s)".formatted(note, cause));
  }

  private static RetortException refusal(ProbeRequest request, String what) {
    return UserError.input(
        "Cannot use model %s: %s, must end normally; the model is damaged or hostile"
            .formatted(request.model(), what));
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "starting";
  }
}
