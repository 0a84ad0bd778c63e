package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.LeaseHeldError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseTest {
  @TempDir Path run;
  private final FakeTicker ticker = new FakeTicker();
  private LeaseFiles files;

  /** Time that passes only when somebody sleeps; what others do meanwhile is run then. */
  private static final class FakeTicker implements Ticker {
    private Duration now = Duration.ZERO;
    private Runnable meanwhile = () -> {};

    @Override
    public Duration now() {
      return now;
    }

    @Override
    public void sleep(Duration duration) {
      now = now.plus(duration);
      meanwhile.run();
    }
  }

  @BeforeEach
  void open() {
    WorkRoot root = WorkRoot.of(run);
    files = new LeaseFiles(root.files(), root.path());
  }

  @Test
  void theFirstProcessTakesLeaseOneAtOnce() {
    acquire().checkHeld();
    assertThat(run.resolve("lease-1"))
        .content()
        .contains("\"pid\"")
        .contains("\"released\" : false");
    assertThat(ticker.now()).isZero();
  }

  @Test
  void aBeatingLeaseIsHeldAndItsHolderNamed() {
    Lease holder = acquire();
    ticker.meanwhile =
        () -> {
          if (ticker.now().toMillis() % 2000 == 0) {
            holder.beat();
          }
        };
    assertThatThrownBy(this::acquire)
        .isInstanceOfSatisfying(
            LeaseHeldError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.LEASE_HELD))
        .hasMessageContaining(
            "its lease is held by process " + ProcessHandle.current().pid() + " on ")
        .hasMessageContaining(", started 2");
    assertThat(ticker.now()).isEqualTo(Duration.ofSeconds(2));
    holder.checkHeld();
  }

  @Test
  void aSilentLeaseIsTakenOverAfterEightSecondsAndTheOldHolderMayNotCommit() {
    Lease old = acquire();
    Lease taken = acquire();
    assertThat(ticker.now()).isEqualTo(Duration.ofSeconds(8));
    taken.checkHeld();
    assertThatThrownBy(old::checkHeld)
        .isInstanceOf(LeaseHeldError.class)
        .hasMessageContaining("Cannot start run");

    old.beat();
    assertThatThrownBy(old::checkHeld).isInstanceOf(LeaseHeldError.class);
    taken.checkHeld();
  }

  @Test
  void aReleasedLeaseIsTakenAtOnce() {
    acquire().close();
    acquire().checkHeld();
    assertThat(ticker.now()).isZero();
    assertThat(run.resolve("lease-2")).exists();
  }

  @Test
  void aLeaseReleasedWhileItIsWatchedIsTaken() {
    Lease old = acquire();
    ticker.meanwhile = old::close;
    acquire().checkHeld();
    assertThat(ticker.now()).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  void aReleasedLeaseMayNotCommitAndDoesNotBeatAgain() throws IOException {
    Lease lease = acquire();
    lease.close();
    lease.close();
    String released = Files.readString(run.resolve("lease-1"));
    lease.beat();
    assertThat(run.resolve("lease-1")).hasContent(released);
    assertThatThrownBy(lease::checkHeld).isInstanceOf(InterruptedRunError.class);
  }

  @Test
  void aLeaseFileThatAKillLeftEmptyIsTakenOver() throws IOException {
    Files.createFile(run.resolve("lease-4"));
    acquire().checkHeld();
    assertThat(run.resolve("lease-5")).exists();
  }

  @Test
  void aHolderWhoseHeartbeatWasLateRenewsItBeforeItCommits() throws IOException {
    Lease lease = acquire();
    String before = Files.readString(run.resolve("lease-1"));
    ticker.now = Duration.ofSeconds(9);
    lease.checkHeld();
    assertThat(Files.readString(run.resolve("lease-1"))).isNotEqualTo(before);
  }

  @Test
  void whoFindsTheNextLeaseTakenLoses() {
    acquire();
    ticker.meanwhile =
        () -> {
          if (ticker.now().equals(Duration.ofSeconds(8))) {
            assertThat(files.claim(2, Holder.ofThisProcess())).isTrue();
          }
        };
    assertThatThrownBy(this::acquire).isInstanceOf(LeaseHeldError.class);
  }

  @Test
  void ofManyNewcomersOneWins() throws Exception {
    acquire();
    List<Callable<Boolean>> newcomers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      newcomers.add(() -> files.claim(2, Holder.ofThisProcess()));
    }
    ExecutorService threads = Executors.newFixedThreadPool(16);
    int winners = 0;
    for (Future<Boolean> won : threads.invokeAll(newcomers)) {
      winners += won.get() ? 1 : 0;
    }
    threads.shutdown();
    assertThat(winners).isEqualTo(1);
  }

  @Test
  void otherFileSystemsCreateWithoutOverwriting() {
    WorkRoot root = FullDisk.root(run);
    LeaseFiles remote = new LeaseFiles(root.files(), root.path());
    assertThat(remote.claim(1, Holder.ofThisProcess())).isTrue();
    assertThat(remote.claim(1, Holder.ofThisProcess())).isFalse();
    assertThat(remote.latest()).isEqualTo(1);
  }

  @Test
  void theRhythmLeavesRoomForAMissedBeat() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new LeaseTiming(second, second, second))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private Lease acquire() {
    return Lease.acquire(new Lease.Request(files, "run-1", LeaseTiming.DEFAULT, ticker));
  }
}
