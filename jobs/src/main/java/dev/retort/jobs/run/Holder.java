package dev.retort.jobs.run;

import dev.retort.error.UserError;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Who holds a lease.
 *
 * @param host the machine's name
 * @param pid the process
 * @param started when the process began, for people
 * @param beats how often the lease was renewed: a newcomer watches this number change
 * @param released whether the holder ended cleanly
 */
record Holder(String host, long pid, Instant started, long beats, boolean released) {
  static Holder ofThisProcess() {
    ProcessHandle self = ProcessHandle.current();
    return new Holder(
        hostName(), self.pid(), self.info().startInstant().orElse(Instant.EPOCH), 0, false);
  }

  Holder beat() {
    return new Holder(host, pid, started, beats + 1, released);
  }

  Holder release() {
    return new Holder(host, pid, started, beats + 1, true);
  }

  /** What stands in a lease's file; empty while it is just being written. */
  static Optional<Holder> parse(byte[] bytes) {
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      return Optional.of(Json.read(text, Holder.class, "the lease"));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  /** Whether a lease with this content was released. */
  static boolean isReleased(byte[] bytes) {
    return parse(bytes).map(Holder::released).orElse(false);
  }

  @Override
  public String toString() {
    return "process %d on %s, started %s".formatted(pid, host, started);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown host";
    }
  }
}
