package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.jobs.run.FullDisk;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.RunResult;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Work roots and files of a run that a command must refuse, and disks that fill on the way. */
class BadWorkRootTest {
  private static final String FULL_IMPL = "spark.hadoop.fs.full.impl";
  private static final String FULL_CACHE = "spark.hadoop.fs.full.impl.disable.cache";
  private static final long ENOUGH = 1L << 40;

  /** Where a disk fills, in shares of what a whole run writes. */
  private static final double[] SHARES = {0, 0.1, 0.4, 0.7, 0.95};

  @TempDir private Path folder;

  private SmallTask task;

  @BeforeEach
  void makeTask() {
    task = SmallTask.in(folder);
    System.setProperty(FULL_IMPL, FullDisk.class.getName());
    System.setProperty(FULL_CACHE, "true");
  }

  @AfterEach
  void endShortage() {
    FullDisk.makeRoom();
    System.clearProperty(FULL_IMPL);
    System.clearProperty(FULL_CACHE);
  }

  @ParameterizedTest
  @EnumSource(FullDisk.Moment.class)
  void aDiskThatFillsAnywhereInARunIsToldAndLosesNothing(FullDisk.Moment moment)
      throws IOException {
    FullDisk.leave(ENOUGH, moment);
    Sha256 expected = model(compress("full:" + folder.resolve("whole")), "whole");
    double written = (double) ENOUGH - FullDisk.freeBytes();

    for (double share : SHARES) {
      String name = "share-" + share;
      String root = "full:" + folder.resolve(name);
      FullDisk.leave((long) (share * written), moment);

      Command command = compress(root);

      assertThat(command.exitCode()).as("%s: %s", name, command.err()).isEqualTo(10);
      assertThat(command.err())
          .as(name)
          .startsWith("Cannot ")
          .contains("full:" + folder.resolve(name), "the disk or quota is full; free space")
          .contains("repeat the command, which goes on from what is committed");
      assertThat(command.err().lines()).hasSize(1);

      FullDisk.makeRoom();
      assertThat(model(compress(root), name)).as(name).isEqualTo(expected);
    }
  }

  @Test
  void aRootThatCannotBeWrittenIsRefused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    for (String command : List.of("plan", "compress", "label")) {
      Command below = task.run(command, "--work", file.resolve("work").toString());

      assertThat(below.exitCode()).as(below.err()).isEqualTo(2);
      assertThat(below.err())
          .startsWith("Cannot ")
          .contains(file.toString(), "it is not writable", "must be writable for ")
          .contains("change its rights or give --work another URI");
      assertThat(below.err().lines()).hasSize(1);
    }
    assertThat(file).isEmptyFile();
  }

  @Test
  void aPlanForARootThatCannotBeWrittenIsRefusedWithoutWriting() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    for (String root : List.of("/proc/foo", "/sys/foo/bar", file.toString())) {
      Command refused = task.run("plan", "--work", root);

      assertThat(refused.exitCode()).as(root + refused.out()).isEqualTo(2);
      assertThat(refused.err())
          .startsWith("Cannot create file:" + root + "/store: it is not writable (")
          .endsWith("; change its rights or give --work another URI\n");
    }
    assertThat(file).isEmptyFile();
    assertThat(task.run("plan", "--work", folder.resolve("new/work").toString()).exitCode())
        .isZero();
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"s4://bucket/work", "s4:/work"})
  void aRootOfAnUnknownSchemeIsRefused(String root) {
    for (String command : List.of("plan", "compress")) {
      Command unknown = task.run(command, "--work", root);

      assertThat(unknown.exitCode()).as(unknown.err()).isEqualTo(2);
      assertThat(unknown.err())
          .startsWith("Cannot ")
          .contains("the work root " + root, "scheme \"s4\"", "by --jars");
      assertThat(unknown.err().lines()).hasSize(1);
    }
  }

  @Test
  void aRunDirectoryOfAnotherVersionIsRefusedAndLeftAsItIs() throws IOException {
    assertThat(task.run("compress", "--run-id", "r").exitCode()).isZero();
    Path run = task.work().resolve("runs/r");
    makeForeign(run);
    List<Path> before = files(task.work());

    for (String command : List.of("plan", "compress")) {
      assertForeign(task.run(command, "--run-id", "r"), run);
    }
    assertThat(files(task.work())).isEqualTo(before);
  }

  @Test
  void aStoreOfAnotherVersionIsRefusedAndLeftAsItIs() throws IOException {
    assertThat(task.run("compress", "--run-id", "r").exitCode()).isZero();
    Path store = task.work().resolve("store");
    makeForeign(store);
    List<Path> before = files(store);

    for (String command : List.of("plan", "compress", "label")) {
      assertForeign(task.run(command, "--run-id", "other"), store);
    }
    assertThat(files(store)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no JSON", "[]", "{\"measurements\": 3}", "{\"other\": []}"})
  void measurementsThatAreNoneAreRefused(String text) {
    Path file = task.write("measurements.json", text);

    for (String command : List.of("validate", "plan", "compress")) {
      Command refused = task.run(command, "--measurements", file.toString());

      assertThat(refused.exitCode()).as(command + refused.err()).isEqualTo(3);
      assertThat(refused.err()).startsWith("Cannot ").contains(file.toString());
      assertThat(refused.err().lines()).hasSize(1);
    }
    assertThat(task.work()).doesNotExist();
  }

  private Command compress(String root) {
    return task.run("compress", "--run-id", "r", "--work", root);
  }

  /** The hash of the model that a finished run made. */
  private Sha256 model(Command command, String name) throws IOException {
    assertThat(command.exitCode()).as("%s: %s", name, command.err()).isZero();
    String text = Files.readString(folder.resolve(name).resolve("runs/r/result.json"));
    return Json.read(text, RunResult.class).steps().get(0).sha256();
  }

  private static void makeForeign(Path directory) throws IOException {
    Path version =
        files(directory).stream()
            .filter(file -> file.getParent().equals(directory))
            .filter(file -> file.getFileName().toString().startsWith("version-"))
            .findFirst()
            .orElseThrow();
    Files.move(version, directory.resolve("version-99"));
  }

  private static void assertForeign(Command command, Path directory) {
    assertThat(command.exitCode()).as(command.err()).isEqualTo(2);
    assertThat(command.err())
        .startsWith("Cannot use ")
        .contains(directory.toString(), "it has format version 99, must be ")
        .contains("use the Retort that wrote it, or give another --work");
    assertThat(command.err().lines()).hasSize(1);
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
