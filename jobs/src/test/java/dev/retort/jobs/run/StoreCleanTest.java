package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.LeaseHeldError;
import dev.retort.error.UserError;
import dev.retort.jobs.run.CleanReport.Mode;
import dev.retort.jobs.run.CleanReport.Removal;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCleanTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final LeaseTiming QUICK =
      new LeaseTiming(Duration.ofMillis(40), Duration.ofMillis(200), Duration.ofMillis(20));

  @TempDir Path work;
  private WorkRoot root;
  private Store store;

  @BeforeEach
  void open() {
    root = WorkRoot.of(work);
    store = Store.open(root);
  }

  @Test
  void whatNoRunRefersToGoesAndTheRestStays() {
    try (RunWriter run = run("one")) {
      result(store.usedBy(run), "label", "used", 100);
    }
    result(store, "label", "unused", 50);
    result(store, "model", "unused", 7);

    CleanReport report = clean(CleanRules.all(), Mode.DELETE);

    assertThat(report.results()).extracting(Removal::path).allMatch(p -> p.endsWith(hex("unused")));
    assertThat(report.results()).hasSize(2);
    assertThat(report.leftovers()).isEmpty();
    assertThat(report.runs()).isOne();
    assertThat(report.keptBytes()).isEqualTo(report.referencedBytes()).isPositive();
    assertThat(store.open("label", fingerprint("used")).result()).isPresent();
    assertThat(folder("label", "unused")).doesNotExist();
    assertThat(folder("model", "unused")).doesNotExist();
    assertThat(clean(CleanRules.all(), Mode.DELETE).results()).isEmpty();
  }

  @Test
  void aResultGoesOnceNoRunIsLeftThatRefersToIt() throws IOException {
    for (String id : List.of("one", "two")) {
      try (RunWriter run = run(id)) {
        result(store.usedBy(run), "label", "shared", 10);
      }
    }

    delete(work.resolve("runs/one"));
    assertThat(clean(CleanRules.all(), Mode.DELETE).results()).isEmpty();
    delete(work.resolve("runs/two"));
    assertThat(clean(CleanRules.all(), Mode.DELETE).results()).hasSize(1);
  }

  @Test
  void anAgeSparesWhatIsYounger() throws IOException {
    result(store, "label", "old", 10);
    result(store, "label", "young", 10);
    age(folder("label", "old"), DAY.multipliedBy(31));
    age(folder("label", "young"), DAY.multipliedBy(29));

    CleanReport report = clean(rules(DAY.multipliedBy(30), -1), Mode.DELETE);

    assertThat(report.results()).extracting(Removal::path).containsExactly("label/" + hex("old"));
    assertThat(report.results().get(0).reason()).contains("too old");
    assertThat(folder("label", "young")).exists();
  }

  @Test
  void aSizeTakesTheOldestThatNoRunRefersTo() throws IOException {
    try (RunWriter run = run("one")) {
      result(store.usedBy(run), "label", "used", 1_000);
    }
    age(folder("label", "used"), DAY.multipliedBy(9));
    for (int i = 1; i <= 3; i++) {
      result(store, "label", "unused" + i, 1_000);
      age(folder("label", "unused" + i), DAY.multipliedBy(i));
    }
    long all = clean(CleanRules.all(), Mode.DRY_RUN).freedBytes() * 4 / 3;

    CleanReport report = clean(rules(null, all / 2), Mode.DELETE);

    assertThat(report.results())
        .extracting(Removal::path)
        .containsExactly("label/" + hex("unused3"), "label/" + hex("unused2"));
    assertThat(folder("label", "used")).exists();
    assertThat(folder("label", "unused1")).exists();
    assertThat(clean(rules(null, 0), Mode.DELETE).keptBytes()).isPositive();
    assertThat(folder("label", "used")).exists();
  }

  @Test
  void bothRulesRemoveWhatEitherDoes() throws IOException {
    result(store, "label", "old", 10);
    result(store, "label", "large", 5_000);
    result(store, "label", "small", 10);
    age(folder("label", "old"), DAY.multipliedBy(40));
    age(folder("label", "large"), DAY.multipliedBy(2));

    CleanReport report = clean(rules(DAY.multipliedBy(30), 4_000), Mode.DRY_RUN);

    assertThat(report.results())
        .extracting(Removal::path)
        .containsExactly("label/" + hex("old"), "label/" + hex("large"));
  }

  @Test
  void aLookTouchesNothing() throws IOException {
    result(store, "label", "unused", 50);
    leave(folder("label", "unused"), "p00000-s000000000-" + Attempt.begin() + ".parquet", DAY);
    List<String> before = tree();

    CleanReport report = clean(CleanRules.all(), Mode.DRY_RUN);

    assertThat(report.results()).hasSize(1);
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void filesThatNoManifestNamesGoAfterADay() throws IOException {
    StageStore stage;
    try (RunWriter run = run("one")) {
      stage = result(store.usedBy(run), "label", "used", 10);
    }
    Path folder = folder("label", "used");
    Path chunk = leave(folder, "p00000-s000000000-" + Attempt.begin() + ".parquet", DAY);
    Path result = leave(folder, "result-" + Attempt.begin() + "-report.json", DAY);
    Path cutOff = leave(folder, "p00000-s000000016-" + Attempt.begin() + ".manifest", DAY);
    Path probe = leave(work.resolve("store"), "probe-" + Attempt.begin(), DAY);
    Path young =
        leave(folder, "p00000-s000000000-" + Attempt.begin() + ".parquet", Duration.ofHours(1));
    Path foreign = leave(folder, "notes.txt", DAY);

    CleanReport report = clean(CleanRules.all(), Mode.DELETE);

    assertThat(report.results()).isEmpty();
    assertThat(report.leftovers()).hasSize(4);
    assertThat(report.leftovers().get(0).path()).startsWith("label/" + hex("used") + "/p00000");
    assertThat(List.of(chunk, result, cutOff, probe)).noneMatch(Files::exists);
    assertThat(List.of(young, foreign)).allMatch(Files::exists);
    assertThat(stage.result().orElseThrow().bytes("data")).hasSize(10);
  }

  @Test
  void aLiveLeaseKeepsAllThatItsRunRefersTo() throws IOException {
    Path folder = folder("label", "used");
    Path left;
    RunDirectory directory = RunDirectory.of(root, new RunId("one"));
    try (RunWriter run = directory.lock(QUICK)) {
      result(store.usedBy(run), "label", "used", 10);
      left = leave(folder, "p00000-s000000000-" + Attempt.begin() + ".parquet", DAY);

      CleanReport report = clean(CleanRules.all(), Mode.DELETE);

      assertThat(report.results()).isEmpty();
      assertThat(report.leftovers()).isEmpty();
      assertThat(left).exists();
    }
    assertThat(clean(CleanRules.all(), Mode.DELETE).leftovers()).hasSize(1);
    assertThat(left).doesNotExist();
  }

  @Test
  void whatAKilledRunLeftGoesAlthoughItsLeaseWasNotReleased() throws IOException {
    try (RunWriter run = run("one")) {
      result(store.usedBy(run), "label", "used", 10);
    }
    new LeaseFiles(root.files(), RunDirectory.of(root, new RunId("one")).folder())
        .claim(2, Holder.ofThisProcess());
    leave(folder("label", "used"), "p00000-s000000000-" + Attempt.begin() + ".parquet", DAY);

    assertThat(clean(CleanRules.all(), Mode.DELETE).leftovers()).hasSize(1);
    assertThat(folder("label", "used")).exists();
  }

  @Test
  void aRunThatBeginsToUseAResultAfterItWasChosenKeepsIt() {
    result(store, "label", "wanted", 10);
    result(store, "label", "unwanted", 10);
    SortedMap<String, String> configuration = new TreeMap<>();
    configuration.put("fs.file.impl", Marking.class.getName());
    configuration.put("fs.file.impl.disable.cache", "true");
    WorkRoot hooked = new WorkRoot(root.uri(), configuration);
    try (RunWriter run = run("one")) {
      Marking.onMark = () -> run.use(new StageAddress(root, "label", fingerprint("wanted")));

      CleanReport report = StoreClean.clean(hooked, CleanRules.all(), Mode.DELETE, QUICK);

      assertThat(report.results())
          .extracting(Removal::path)
          .containsExactly("label/" + hex("unwanted"));
      assertThat(folder("label", "wanted")).exists();
      assertThat(work.resolve("clean/label." + hex("wanted"))).doesNotExist();
    }
  }

  @Test
  void aResultWhoseMarkARunHasRemovedIsLeftAlone() {
    result(store, "label", "wanted", 10);
    SortedMap<String, String> configuration = new TreeMap<>();
    configuration.put("fs.file.impl", Marking.class.getName());
    configuration.put("fs.file.impl.disable.cache", "true");
    WorkRoot hooked = new WorkRoot(root.uri(), configuration);
    StageAddress address = new StageAddress(root, "label", fingerprint("wanted"));
    Marking.onMark = () -> new CleanMarks(root, root.files()).unmark(address);

    assertThat(StoreClean.clean(hooked, CleanRules.all(), Mode.DELETE, QUICK).results()).isEmpty();
    assertThat(folder("label", "wanted")).exists();
  }

  @Test
  void ofTwoCleansOneWorks() {
    root.files().makeFolder(CleanMarks.folder(root));
    try (Lease other = Lease.acquire(root.files(), CleanMarks.folder(root), QUICK)) {
      other.checkHeld();
      assertThatThrownBy(() -> clean(CleanRules.all(), Mode.DELETE))
          .isInstanceOf(LeaseHeldError.class)
          .hasMessageContaining("another clean works there");
    }
  }

  @Test
  void whatCannotBeJudgedIsNotCleaned(@TempDir Path empty) throws IOException {
    result(store, "label", "unused", 10);
    Files.createDirectories(work.resolve("runs/old"));
    Files.writeString(work.resolve("runs/old/manifest.json"), "{}");

    assertThatThrownBy(() -> clean(CleanRules.all(), Mode.DELETE))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("run old has results, but its folder uses/ names none");
    assertThat(folder("label", "unused")).exists();
    assertThatThrownBy(
            () -> StoreClean.clean(WorkRoot.of(empty), CleanRules.all(), Mode.DRY_RUN, QUICK))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("it has no store, must be the work root of runs");
  }

  /** A local file system that tells when a clean has marked its first result. */
  public static final class Marking extends RawLocalFileSystem {
    private static Runnable onMark = () -> {};

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      boolean renamed = super.rename(from, to);
      if (to.getParent().getName().equals("clean")) {
        onMark.run();
        onMark = () -> {};
      }
      return renamed;
    }
  }

  private CleanReport clean(CleanRules rules, Mode mode) {
    return StoreClean.clean(root, rules, mode, QUICK);
  }

  private static CleanRules rules(Duration olderThan, long mostBytes) {
    return new CleanRules(
        Optional.ofNullable(olderThan),
        mostBytes < 0 ? OptionalLong.empty() : OptionalLong.of(mostBytes),
        Instant.now());
  }

  private RunWriter run(String id) {
    return RunDirectory.of(root, new RunId(id)).lock(QUICK);
  }

  private static StageStore result(Store store, String stage, String name, int bytes) {
    StageStore opened = store.open(stage, fingerprint(name));
    opened.putResult(new TreeMap<>(Map.of("data", Content.of("x".repeat(bytes)))));
    return opened;
  }

  private static Sha256 fingerprint(String name) {
    return Sha256.of(name);
  }

  private static String hex(String name) {
    return fingerprint(name).hex();
  }

  private Path folder(String stage, String name) {
    return work.resolve("store").resolve(stage).resolve(hex(name));
  }

  private static void age(Path folder, Duration age) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
      }
    }
  }

  private static Path leave(Path folder, String name, Duration age) throws IOException {
    Path file = Files.write(folder.resolve(name), "left".getBytes(StandardCharsets.UTF_8));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age).minusSeconds(5)));
    return file;
  }

  private List<String> tree() throws IOException {
    try (Stream<Path> files = Files.walk(work)) {
      return files
          .map(file -> work.relativize(file) + " " + file.toFile().lastModified())
          .sorted()
          .toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
