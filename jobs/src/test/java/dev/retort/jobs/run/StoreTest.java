package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StoreTest {
  private static final Sha256 FINGERPRINT = Sha256.of("fingerprint");

  @TempDir Path work;

  @AfterEach
  void freeTheDisk() {
    FullDisk.makeRoom();
  }

  @Test
  void aNewStoreIsMarkedWithItsVersionAndLeavesNoProbe() throws IOException {
    Store.open(WorkRoot.of(work));
    try (var files = Files.list(work.resolve("store"))) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactly("version-1");
    }
  }

  @Test
  void aLookLeavesNothingBehind() {
    Store store = Store.look(WorkRoot.of(work.resolve("none")));

    assertThat(store.open("label", FINGERPRINT).missing(0, 2)).containsExactly(0, 1);
    assertThat(store.open("label", FINGERPRINT).result()).isEmpty();
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void aStoreOfAnotherVersionIsRefused() throws IOException {
    Files.createDirectories(work.resolve("store"));
    Files.createFile(work.resolve("store/version-7"));
    assertThatThrownBy(() -> Store.open(WorkRoot.of(work)))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("Cannot use the store")
        .hasMessageContaining("it has format version 7, must be 1")
        .hasMessageEndingWith("or give another --work");
  }

  @Test
  void anUnknownSchemeIsRefusedWithItsName() {
    WorkRoot root = WorkRoot.of("gopher://host/work", new Configuration());
    assertThatThrownBy(() -> Store.open(root))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("Cannot open the work root gopher://host/work")
        .hasMessageContaining("no file system for the scheme \"gopher\", must be file, hdfs, s3a,");
  }

  @ParameterizedTest
  @CsvSource({
    "abfs, org.apache.hadoop:hadoop-azure:3.3.4",
    "gs, com.google.cloud.bigdataoss:gcs-connector:hadoop3-2.2.21"
  })
  void anObjectStoreWithoutItsJarIsRefusedWithTheJar(String scheme, String jar) {
    WorkRoot root = WorkRoot.of(scheme + "://bucket/work", new Configuration());

    assertThatThrownBy(() -> Store.open(root))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Cannot open the work root %s://bucket/work: the jar for the scheme \"%s\" is not on the class path, must be %s; add --packages %s to the command, or put it with what it needs into SPARK_HOME/jars on all nodes",
            scheme, scheme, jar, jar);
  }

  @Test
  void s3WithoutItsJarsIsRefusedWithBoth() {
    WorkRoot root = WorkRoot.of("s3a://bucket/work", new Configuration());

    assertThatThrownBy(() -> Store.open(root))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Cannot open the work root s3a://bucket/work: the jars for the scheme \"s3a\" are not on the class path, must be org.apache.hadoop:hadoop-aws:3.3.4 and com.amazonaws:aws-java-sdk-bundle:1.12.262; add --packages org.apache.hadoop:hadoop-aws:3.3.4,com.amazonaws:aws-java-sdk-bundle:1.12.262 to the command, or put them into SPARK_HOME/jars on all nodes");
  }

  @Test
  void s3WithoutItsSdkIsRefusedWithTheSdkAlone() {
    Configuration configuration = new Configuration();
    configuration.set("fs.s3a.impl", S3WithoutSdk.class.getName());
    WorkRoot root = WorkRoot.of("s3a://bucket/work", configuration);

    assertThatThrownBy(() -> Store.open(root))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "Cannot open the work root s3a://bucket/work: the jar for the scheme \"s3a\" is not on the class path, must be com.amazonaws:aws-java-sdk-bundle:1.12.262; add --packages com.amazonaws:aws-java-sdk-bundle:1.12.262 to the command, or put it with what it needs into SPARK_HOME/jars on all nodes");
  }

  /** Fails as the file system of hadoop-aws does where nothing else is there. */
  static final class S3WithoutSdk extends RawLocalFileSystem {
    @Override
    public void initialize(URI uri, Configuration configuration) {
      throw new NoClassDefFoundError("com/amazonaws/AmazonClientException");
    }
  }

  @Test
  void theSchemeOfOtherToolsIsToldOurs() {
    WorkRoot root = WorkRoot.of("s3://bucket/work", new Configuration());

    assertThatThrownBy(() -> Store.open(root))
        .hasMessageEndingWith(
            "; write s3a:// and add --packages org.apache.hadoop:hadoop-aws:3.3.4,com.amazonaws:aws-java-sdk-bundle:1.12.262");
  }

  @Test
  void textThatIsNoUriIsRefused() {
    for (String text : new String[] {"file:relative", "s3a://bucket", "hdfs://a b/c"}) {
      assertThatThrownBy(() -> WorkRoot.of(text, new Configuration()))
          .as(text)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("--work is \"" + text + "\", must be a path or a URI");
    }
  }

  @Test
  void aPathWithoutASchemeIsOnThisMachine() {
    WorkRoot root = WorkRoot.of(work.resolve("a/../b").toString(), new Configuration());
    assertThat(root.uri()).hasScheme("file").hasPath(work.resolve("b").toString());
  }

  @Test
  void theRootKeepsWhatIsNoDefaultAndPrintsNoSecret() {
    Configuration configuration = new Configuration();
    configuration.set("fs.s3a.secret.key", "hidden");
    WorkRoot root = WorkRoot.of(work.toString(), configuration);

    assertThat(root.configuration())
        .containsEntry("fs.s3a.secret.key", "hidden")
        .hasSizeLessThan(9);
    assertThat(root.hadoop().get("fs.s3a.secret.key")).isEqualTo("hidden");
    assertThat(root.toString()).doesNotContain("hidden");
  }

  @Test
  void aRootUnderAFileIsNotWritable() throws IOException {
    Path file = Files.createFile(work.resolve("file"));
    assertThatThrownBy(() -> Store.open(WorkRoot.of(file.resolve("work"))))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageContaining("it is not writable")
        .hasMessageContaining("give --work another URI");
  }

  @Test
  void aRootThatNobodyMayWriteToIsRefused() {
    assertThatThrownBy(() -> Store.open(WorkRoot.of(Path.of("/proc/retort"))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot create ")
        .hasMessageContaining("it is not writable");
  }

  @Test
  void aFullDiskIsAnErrorOfTheInfrastructure() {
    FullDisk.leave(0, FullDisk.Moment.WRITE);
    assertThatThrownBy(() -> Store.open(FullDisk.root(work)))
        .isInstanceOfSatisfying(
            InfrastructureError.class,
            e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE))
        .hasMessageContaining("the disk or quota is full; free space and repeat the command");
  }

  @ParameterizedTest
  @EnumSource(FullDisk.Moment.class)
  void aDiskThatFillsAtAnyByteOfACommitLosesNothingAndTheRetryFinishesIt(FullDisk.Moment moment) {
    Store store = Store.open(FullDisk.root(work));
    StageStore stage = store.open("label", FINGERPRINT);
    int failures = 0;
    for (long free = 0; stage.completed().isEmpty(); free += 7) {
      FullDisk.leave(free, moment);
      failures += commitFails(stage) ? 1 : 0;
      FullDisk.makeRoom();
      assertThat(store.open("label", FINGERPRINT).completed()).hasSizeBetween(0, 3);
    }
    assertThat(failures).isGreaterThan(50);
    assertThat(stage.completed()).hasSize(3);
    assertThat(stage.putResult("a", new byte[] {1}).bytes("a")).containsExactly(1);
  }

  @Test
  void aResultThatDoesNotFitLeavesNoFiles() {
    StageStore stage = Store.open(FullDisk.root(work)).open("label", FINGERPRINT);
    FullDisk.leave(100, FullDisk.Moment.WRITE);

    assertThatThrownBy(() -> stage.putResult("a", new byte[90]))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("the disk or quota is full");

    assertThat(FullDisk.freeBytes()).isEqualTo(100);
    assertThat(Path.of(stage.path("x").getParent().toUri().getPath())).isEmptyDirectory();
  }

  private static boolean commitFails(StageStore stage) {
    try {
      Attempt attempt = Attempt.begin();
      String file = stage.write(stage.newDataFile(0, 0, attempt), Content.of("some bytes of data"));
      SortedMap<Integer, ShardEntry> entries = new TreeMap<>();
      for (int shard = 0; shard < 3; shard++) {
        entries.put(shard, ShardEntry.of(file, shard, Sha256.of("" + shard), 64));
      }
      stage.commit(new ChunkManifest(0, 0, attempt, entries));
      return false;
    } catch (InfrastructureError e) {
      assertThat(e).hasMessageContaining("the disk or quota is full");
      return true;
    }
  }
}
