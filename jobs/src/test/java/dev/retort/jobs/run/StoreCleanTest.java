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
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCleanTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final LeaseTiming QUICK =
      new LeaseTiming(Duration.ofMillis(40), Duration.ofMillis(200), Duration.ofMillis(20));

  /** A busy machine may let a lease miss its beats for longer than {@link #QUICK} waits. */
  private static final LeaseTiming PATIENT =
      new LeaseTiming(Duration.ofMillis(40), Duration.ofSeconds(10), Duration.ofMillis(20));

  /** Moments at which a clean may sleep: a result is marked, about to be set aside, set aside. */
  private static final String MARKED = "marked";

  private static final String TAKING = "taking";
  private static final String TAKEN = "taken";

  /** A result, or a file of one, is about to be deleted. */
  private static final String DELETING = "deleting";

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

      CleanReport report = StoreClean.clean(root, CleanRules.all(), Mode.DELETE, PATIENT);

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
    try (RunWriter run = run("one")) {
      CleanReport report =
          clean(MARKED, () -> run.use(new StageAddress(root, "label", fingerprint("wanted"))));

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
    assertThat(clean(MARKED, () -> takeMark("wanted")).results()).isEmpty();
    assertThat(folder("label", "wanted")).exists();
  }

  @Test
  void aResultThatARunUsesWhileTheCleanSleepsBeforeTheRenameComesBack() {
    result(store, "label", "wanted", 10);
    try (RunWriter run = run("one")) {
      AtomicReference<StageResult> found = new AtomicReference<>();

      CleanReport report = clean(TAKING, () -> found.set(useSleeping(run).result().orElseThrow()));

      assertThat(report.results()).isEmpty();
      assertThat(found.get().bytes("data")).hasSize(10);
      assertThat(aside()).isEmptyDirectory();
    }
  }

  @Test
  void aResultThatARunMakesAnewWhileTheCleanSleepsAfterTheRenameIsThereWithTheOldOne() {
    StageResult old = result(store, "label", "wanted", 10).result().orElseThrow();
    try (RunWriter run = run("one")) {
      AtomicReference<StageResult> made = new AtomicReference<>();

      CleanReport report = clean(TAKEN, () -> made.set(makeAnew(useSleeping(run))));

      assertThat(report.results()).isEmpty();
      assertThat(List.of(old, made.get())).allMatch(result -> result.bytes("data").length == 10);
      assertThat(aside()).isEmptyDirectory();
    }
  }

  @Test
  void whatARunMakesAnewWhileTheCleanSleepsBeforeItDeletesStays() {
    result(store, "label", "wanted", 10);
    try (RunWriter run = run("one")) {
      AtomicReference<StageResult> made = new AtomicReference<>();

      CleanReport report = clean(DELETING, () -> made.set(makeAnew(useSleeping(run))));

      assertThat(report.results()).hasSize(1);
      assertThat(made.get().bytes("data")).hasSize(10);
      assertThat(folder("label", "wanted").toFile().list()).hasSize(2);
    }
  }

  @Test
  void whatAKilledCleanHasSetAsideComesBackIfARunUsesItAndGoesOtherwise() throws IOException {
    StageResult used;
    try (RunWriter run = run("one")) {
      used = result(store.usedBy(run), "label", "used", 10).result().orElseThrow();
    }
    result(store, "label", "unused", 10);
    Files.createDirectories(aside());
    for (String name : List.of("used", "unused")) {
      Path taken = aside().resolve("label." + hex(name) + "." + Attempt.begin());
      Files.move(folder("label", name), taken);
    }

    assertThat(clean(CleanRules.all(), Mode.DELETE).results())
        .extracting(Removal::path)
        .containsExactly("label/" + hex("unused"));

    assertThat(used.bytes("data")).hasSize(10);
    assertThat(folder("label", "unused")).doesNotExist();
    assertThat(aside()).isEmptyDirectory();
  }

  @Test
  void aCleanThatFindsAnotherOneWhenItWakesDeletesNothingMore() throws IOException {
    result(store, "label", "unused", 10);
    for (String moment : List.of(TAKING, TAKEN)) {
      assertThatThrownBy(() -> clean(moment, this::beginAnotherClean))
          .isInstanceOf(LeaseHeldError.class)
          .hasMessageContaining("another clean works there");
      assertThat(store.open("label", fingerprint("unused")).result()).isPresent();
      delete(work.resolve("clean"));
    }
  }

  @Test
  void leftoversStayThatACleanHasNotDeletedWhenAnotherOneBegins() throws IOException {
    try (RunWriter run = run("one")) {
      result(store.usedBy(run), "label", "used", 10);
    }
    for (int i = 0; i < 3; i++) {
      leave(folder("label", "used"), "p00000-s000000000-" + Attempt.begin() + ".parquet", DAY);
    }

    assertThatThrownBy(() -> clean(DELETING, this::beginAnotherClean))
        .isInstanceOf(LeaseHeldError.class);
    assertThat(folder("label", "used").toFile().list((folder, name) -> name.startsWith("p")))
        .hasSize(2);
  }

  @Test
  void whereARenameIsACopyManifestsGoFirstAndNoMoreOfThemOnceARunUsesTheResult() {
    makeAnew(result(store, "label", "wanted", 10));
    ObjectStore.onDelete = () -> takeMark("wanted");

    CleanReport first = clean(ObjectStore.class);
    StageResult left =
        new StageAddress(root, "label", fingerprint("wanted")).open().result().orElseThrow();

    assertThat(first.results()).isEmpty();
    assertThat(left.bytes("data")).hasSize(10);
    assertThat(clean(ObjectStore.class).results()).hasSize(1);
    assertThat(folder("label", "wanted").toFile().list()).isEmpty();
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

  /** A local file system on which something happens once, while a clean sleeps. */
  public static final class Sleeping extends RawLocalFileSystem {
    private static String moment = "";
    private static Runnable meanwhile = () -> {};

    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      String folder = to.getParent().getName();
      sleep(folder.equals("aside") ? TAKING : "");
      boolean renamed = super.rename(from, to);
      sleep(folder.equals("aside") ? TAKEN : folder.equals("clean") ? MARKED : "");
      return renamed;
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path file, boolean recursive) throws IOException {
      boolean isOfAResult = file.toString().matches(".*/(aside|store)/.*");
      sleep(isOfAResult ? DELETING : "");
      return super.delete(file, recursive);
    }

    private static void sleep(String now) {
      if (moment.equals(now)) {
        moment = "no more";
        meanwhile.run();
      }
    }
  }

  /** A local file system whose files cannot grow, as those of object stores. */
  public static final class ObjectStore extends RawLocalFileSystem {
    private static Runnable onDelete = () -> {};

    @Override
    public boolean hasPathCapability(org.apache.hadoop.fs.Path path, String capability) {
      return false;
    }

    @Override
    public boolean delete(org.apache.hadoop.fs.Path file, boolean recursive) throws IOException {
      boolean deleted = super.delete(file, recursive);
      if (file.getName().endsWith(".manifest")) {
        onDelete.run();
        onDelete = () -> {};
      }
      return deleted;
    }
  }

  /** Cleans, and runs {@code meanwhile} at the first such moment. */
  private CleanReport clean(String moment, Runnable meanwhile) {
    Sleeping.moment = moment;
    Sleeping.meanwhile = meanwhile;
    return clean(Sleeping.class);
  }

  private CleanReport clean(Class<? extends RawLocalFileSystem> fileSystem) {
    SortedMap<String, String> configuration = new TreeMap<>();
    configuration.put("fs.file.impl", fileSystem.getName());
    configuration.put("fs.file.impl.disable.cache", "true");
    WorkRoot hooked = new WorkRoot(root.uri(), configuration);
    return StoreClean.clean(hooked, CleanRules.all(), Mode.DELETE, QUICK);
  }

  /** What a run does that finds the clean's lease without a beat for its expiry. */
  private StageStore useSleeping(RunWriter run) {
    StageAddress address = new StageAddress(root, "label", fingerprint("wanted"));
    run.use(address);
    takeMark("wanted");
    return address.open();
  }

  private void takeMark(String name) {
    new CleanMarks(root, root.files()).unmark(new StageAddress(root, "label", fingerprint(name)));
  }

  private void beginAnotherClean() {
    LeaseFiles leases = new LeaseFiles(root.files(), CleanMarks.folder(root));
    assertThat(leases.claim(leases.latest() + 1, Holder.ofThisProcess())).isTrue();
  }

  private Path aside() {
    return work.resolve("clean/aside");
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

  private static StageResult makeAnew(StageStore stage) {
    return stage.putResult(new TreeMap<>(Map.of("data", Content.of("x".repeat(10)))));
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
