package dev.retort.jobs.run;

import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.LeaseHeldError;
import dev.retort.error.RetortException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one driver to write a run directory: the file {@code lease-<n>} with the largest n.
 *
 * <p>The holder changes its file at every heartbeat. A newcomer watches the file's content, never a
 * clock of another machine: if it changes within the expiry, the run is held; if not, or if the
 * holder released it, the newcomer creates {@code lease-<n+1>}, and of several newcomers one wins.
 * A holder that slept through its own expiry finds the newer file before its next commit. On object
 * stores without an atomic create the lease is advisory; a double finish is harmless there, since
 * both drivers write the same.
 *
 * <p>Thread-safe.
 */
public final class Lease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private static final int LOOKS_AT_WINNER = 4;

  private final LeaseFiles files;
  private final int number;
  private final LeaseTiming timing;
  private final Ticker ticker;
  private final String run;
  private Timer heart;
  private Holder holder;
  private Duration lastBeat;

  private Lease(Request request, int number, Holder holder) {
    this.files = request.files;
    this.timing = request.timing;
    this.ticker = request.ticker;
    this.run = request.run;
    this.number = number;
    this.holder = holder;
    this.lastBeat = request.ticker.now();
  }

  /**
   * Takes the lease of the run directory {@code folder}, watching up to the expiry, and keeps it
   * beating until {@link #close}, which {@link RunWriter} also calls when the process is stopped.
   *
   * @throws LeaseHeldError if another process holds or wins it; the message names it
   */
  static Lease acquire(WorkFiles files, Path folder, LeaseTiming timing) {
    LeaseFiles leases = new LeaseFiles(files, folder);
    Lease lease = acquire(new Request(leases, folder.getName(), timing, Ticker.SYSTEM));
    lease.startBeating();
    return lease;
  }

  static Lease acquire(Request request) {
    int latest = request.files.latest();
    if (latest > 0) {
      watch(request, latest);
    }
    Holder self = Holder.ofThisProcess();
    if (!request.files.claim(latest + 1, self)) {
      throw heldBy(request.run, winner(request, latest + 1));
    }
    return new Lease(request, latest + 1, self);
  }

  /** What a lease is asked for with. */
  record Request(LeaseFiles files, String run, LeaseTiming timing, Ticker ticker) {}

  /**
   * Makes sure that no newer lease exists: called before each commit to the run directory.
   *
   * @throws LeaseHeldError if another process took the run over
   * @throws InfrastructureError if the heartbeat could not be written for longer than the expiry
   * @throws InterruptedRunError if this process is ending
   */
  public synchronized void checkHeld() {
    if (holder.released()) {
      throw new InterruptedRunError(
          "Cannot write to run %s: this process has released it; repeat the command"
              .formatted(run));
    }
    int latest = files.latest();
    if (latest != number) {
      throw heldBy(run, Holder.parse(files.read(latest)));
    }
    if (ticker.now().minus(lastBeat).compareTo(timing.expiry()) > 0) {
      beat();
    }
  }

  /** Renews the lease. */
  synchronized void beat() {
    if (!holder.released()) {
      holder = holder.beat();
      files.beat(number, holder);
      lastBeat = ticker.now();
    }
  }

  /** Releases the lease, so that the next process need not watch it. */
  @Override
  public synchronized void close() {
    if (heart != null) {
      heart.cancel();
      heart = null;
    }
    if (!holder.released()) {
      holder = holder.release();
      files.beat(number, holder);
    }
  }

  private synchronized void startBeating() {
    heart = new Timer("retort-lease", true);
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            beatOrWarn();
          }
        };
    heart.schedule(task, timing.heartbeat().toMillis(), timing.heartbeat().toMillis());
  }

  /** A failed heartbeat is tried again; {@link #checkHeld} fails if it was the last. */
  private void beatOrWarn() {
    try {
      beat();
    } catch (RetortException e) {
      LOG.warn("The lease of run {} could not be renewed: {}", run, e.getMessage());
    }
  }

  private static void watch(Request request, int number) {
    byte[] seen = request.files.read(number);
    if (Holder.isReleased(seen)) {
      return;
    }
    Duration end = request.ticker.now().plus(request.timing.expiry());
    while (request.ticker.now().compareTo(end) < 0) {
      request.ticker.sleep(request.timing.poll());
      byte[] now = request.files.read(number);
      // A lease that is just being written cannot be read; it can at the next look.
      if (!Arrays.equals(seen, now) && Holder.parse(now).isPresent()) {
        if (Holder.isReleased(now)) {
          return;
        }
        throw heldBy(request.run, Holder.parse(now));
      }
    }
    LOG.info("Run {} was left by {}; taking it over", request.run, name(Holder.parse(seen)));
  }

  /** Who won a race; its lease may just be being written. */
  private static Optional<Holder> winner(Request request, int number) {
    Optional<Holder> winner = Holder.parse(request.files.read(number));
    for (int look = 0; winner.isEmpty() && look < LOOKS_AT_WINNER; look++) {
      request.ticker.sleep(request.timing.poll());
      winner = Holder.parse(request.files.read(number));
    }
    return winner;
  }

  private static String name(Optional<Holder> holder) {
    return holder.map(Holder::toString).orElse("an unknown process");
  }

  private static LeaseHeldError heldBy(String run, Optional<Holder> holder) {
    return new LeaseHeldError(
        "Cannot start run %s: its lease is held by %s, must be free; wait for it or give another --run-id"
            .formatted(run, name(holder)));
  }
}
