package dev.retort.jobs.run;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;

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
