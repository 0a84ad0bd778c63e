package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunUsesTest {
  private static final Sha256 FINGERPRINT = Sha256.of("fingerprint");
  private static final LeaseTiming QUICK =
      new LeaseTiming(Duration.ofMillis(40), Duration.ofMillis(160), Duration.ofMillis(10));

  @TempDir Path work;

  @Test
  void aStoreUsedByARunWritesDownEachStageBeforeItOpensIt() throws IOException {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), new RunId("run"));
    try (RunWriter writer = directory.lock()) {
      Store store = Store.open(WorkRoot.of(work)).usedBy(writer);
      store.open("label", FINGERPRINT);
      store.open("label", FINGERPRINT);
      store.open("model", FINGERPRINT);
      writer.finish();
    }

    try (var names = Files.list(work.resolve("runs/run/uses"))) {
      assertThat(names.map(name -> name.getFileName().toString()))
          .containsExactlyInAnyOrder("label." + FINGERPRINT.hex(), "model." + FINGERPRINT.hex());
    }
    assertThat(work.resolve("store/label")).doesNotExist();
    assertThat(directory.manifest().orElseThrow().files())
        .containsKey("uses/label." + FINGERPRINT.hex());
  }

  @Test
  void aStageThatNoCleanHasMarkedIsOpenedAtOnce() {
    FakeTicker ticker = new FakeTicker(() -> {});

    marks().await(address(), QUICK, ticker);

    assertThat(ticker.now()).isZero();
  }

  @Test
  void aRunWaitsUntilALivingCleanIsThroughWithTheStage() {
    CleanMarks marks = marks();
    LeaseFiles leases = new LeaseFiles(WorkRoot.of(work).files(), CleanMarks.folder(root()));
    marks.mark(address());
    leases.claim(1, Holder.ofThisProcess());
    FakeTicker ticker = new FakeTicker(() -> {});
    ticker.onSleep =
        () -> {
          leases.beat(1, Holder.parse(leases.read(1)).orElseThrow().beat());
          if (ticker.now().compareTo(Duration.ofSeconds(1)) > 0) {
            marks.unmark(address());
          }
        };

    marks.await(address(), QUICK, ticker);

    assertThat(ticker.now()).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
  }

  @Test
  void theMarkOfACleanThatDiedIsRemovedAfterItsHeartbeatExpires() {
    CleanMarks marks = marks();
    LeaseFiles leases = new LeaseFiles(WorkRoot.of(work).files(), CleanMarks.folder(root()));
    marks.mark(address());
    leases.claim(1, Holder.ofThisProcess());
    FakeTicker ticker = new FakeTicker(() -> {});

    marks.await(address(), QUICK, ticker);

    assertThat(ticker.now()).isBetween(QUICK.expiry(), QUICK.expiry().plus(QUICK.poll()));
    assertThat(work.resolve("clean/" + address().key())).doesNotExist();
  }

  @Test
  void theMarkOfACleanThatEndedIsRemovedAtOnce() {
    CleanMarks marks = marks();
    marks.mark(address());
    new LeaseFiles(WorkRoot.of(work).files(), CleanMarks.folder(root()))
        .claim(1, Holder.ofThisProcess().release());
    FakeTicker ticker = new FakeTicker(() -> {});

    marks.await(address(), QUICK, ticker);

    assertThat(ticker.now()).isZero();
    assertThat(work.resolve("clean/" + address().key())).doesNotExist();
  }

  private WorkRoot root() {
    return WorkRoot.of(work);
  }

  private CleanMarks marks() {
    return new CleanMarks(root(), root().files());
  }

  private StageAddress address() {
    return new StageAddress(root(), "label", FINGERPRINT);
  }

  /** Time that passes when somebody sleeps. */
  private static final class FakeTicker implements Ticker {
    private Duration now = Duration.ZERO;
    private Runnable onSleep;

    FakeTicker(Runnable onSleep) {
      this.onSleep = onSleep;
    }

    @Override
    public Duration now() {
      return now;
    }

    @Override
    public void sleep(Duration duration) {
      now = now.plus(duration);
      onSleep.run();
    }
  }
}
