package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import dev.retort.error.LeaseHeldError;
import dev.retort.error.UserError;
import dev.retort.plan.Plan;
import dev.retort.provenance.Sha256;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunDirectoryTest {
  private static final RunId ID = new RunId("fashion-0123456789ab");
  private static final Plan PLAN = new Plan("fuse", new TreeMap<>(), List.of());

  @TempDir Path work;

  @Test
  void aRunThatNeverBeganIsNotFinishedAndHasNoFiles() {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    assertThat(directory.isFinished()).isFalse();
    assertThat(directory.text(RunDirectory.RECIPE)).isEmpty();
    assertThat(directory.events()).isEmpty();
    assertThat(work.resolve("runs")).doesNotExist();
  }

  @Test
  void aFinishedRunHasAllItsFilesInItsManifest() {
    RunDirectory directory = finished();
    RunManifest manifest = directory.manifest().orElseThrow();

    assertThat(directory.isFinished()).isTrue();
    assertThat(manifest.runId()).isEqualTo(ID.name());
    assertThat(manifest.files().keySet())
        .containsExactly("events.jsonl", "recipe.yaml", "steps/01-fuse/plan.json");
    assertThat(manifest.files()).containsEntry("recipe.yaml", Sha256.of("name: fashion\n"));
    assertThat(directory.json("steps/01-fuse/plan.json", Plan.class)).contains(PLAN);
  }

  @Test
  void aRunThatWasNotFinishedIsWrittenOver() {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    try (RunWriter writer = directory.lock()) {
      writer.write(RunDirectory.RECIPE, "half");
    }
    assertThat(directory.isFinished()).isFalse();
    assertThat(finished().text(RunDirectory.RECIPE)).contains("name: fashion\n");
  }

  @Test
  void aFileThatCannotBeWrittenWholeLeavesTheOldOne() throws IOException {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    Content breaksOff =
        () ->
            new FilterInputStream(new ByteArrayInputStream(new byte[100_000])) {
              @Override
              public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = super.read(bytes, offset, length);
                if (read < 0) {
                  throw new IOException("No space left on device");
                }
                return read;
              }
            };
    try (RunWriter writer = directory.lock()) {
      writer.write(RunDirectory.RECIPE, "name: old\n");
      assertThatThrownBy(() -> writer.write(RunDirectory.RECIPE, breaksOff))
          .isInstanceOf(InfrastructureError.class);
    }
    assertThat(directory.text(RunDirectory.RECIPE)).contains("name: old\n");
    try (var files = Files.list(work.resolve("runs/" + ID))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("lease-1", "recipe.yaml", "version-1");
    }
  }

  @Test
  void whatAKillLeftOnItsWayToAnotherNameIsClearedAtTheEnd() throws IOException {
    Path steps = Files.createDirectories(work.resolve("runs/" + ID + "/steps/01-fuse"));
    Files.writeString(steps.resolve("unfinished-0"), "half a model");
    assertThat(finished().manifest().orElseThrow().files().keySet())
        .containsExactly("events.jsonl", "recipe.yaml", "steps/01-fuse/plan.json");
    assertThat(steps.resolve("unfinished-0")).doesNotExist();
  }

  @Test
  void halfAManifestOrAChangedOneIsNoEnd() throws IOException {
    finished();
    Path manifest = work.resolve("runs/" + ID + "/manifest.json");
    String whole = Files.readString(manifest);
    for (String text :
        List.of(
            "",
            whole.substring(0, whole.length() / 2),
            whole.replace("recipe", "RECIPE"),
            whole.replace("\"version\" : 1", "\"version\" : 2"))) {
      Files.writeString(manifest, text);
      assertThat(RunDirectory.of(WorkRoot.of(work), ID).isFinished()).as(text).isFalse();
    }
  }

  @Test
  void aRunDirectoryOfAnotherVersionIsRefused() throws IOException {
    Files.createDirectories(work.resolve("runs/" + ID));
    Files.createFile(work.resolve("runs/" + ID + "/version-2"));
    assertThatThrownBy(() -> RunDirectory.of(WorkRoot.of(work), ID))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot use the run directory")
        .hasMessageContaining("it has format version 2, must be 1");
  }

  @Test
  void aWriterWhoseRunWasTakenOverMayNotWrite() throws IOException {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    RunWriter writer = directory.lock();
    Files.createFile(work.resolve("runs/" + ID + "/lease-2"));
    assertThatThrownBy(() -> writer.write(RunDirectory.RECIPE, "name: late\n"))
        .isInstanceOf(LeaseHeldError.class);
    assertThatThrownBy(writer::finish).isInstanceOf(LeaseHeldError.class);
    assertThatThrownBy(() -> writer.events().add("late", Map.of()))
        .isInstanceOf(LeaseHeldError.class);
    assertThat(directory.text(RunDirectory.RECIPE)).isEmpty();
    writer.lease().close();
  }

  @Test
  void pathsOutsideOfTheDirectoryAreRefused() {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    for (String path : List.of("", "/etc/passwd", "../other/recipe.yaml", "steps/../../x")) {
      assertThatThrownBy(() -> directory.read(path))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void stepFoldersAreInOrder() {
    assertThat(RunDirectory.stepFolder(2, "quantize")).isEqualTo("steps/02-quantize");
  }

  @Test
  void theJournalIsAppendedToByARepeatedRun() throws IOException {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    try (RunWriter writer = directory.lock()) {
      writer.events().add("stage-start", Map.of("stage", "label", "shards", 118));
    }
    Path journal = work.resolve("runs/" + ID + "/events.jsonl");
    Files.writeString(journal, Files.readString(journal) + "{\"time\":\"2026-");
    try (RunWriter writer = directory.lock()) {
      writer.events().add("stage-end", Map.of("seconds", 1.5));
    }
    assertThat(directory.events())
        .extracting(Event::kind)
        .containsExactly("stage-start", "stage-end");
    assertThat(directory.events().get(0).fields()).containsEntry("shards", 118);
    assertThat(Files.readAllLines(journal)).hasSize(3);
  }

  @Test
  void whereNothingCanBeAppendedTheJournalIsWrittenWhole() {
    RunDirectory directory = RunDirectory.of(FullDisk.objectStore(work), ID);
    try (RunWriter writer = directory.lock()) {
      writer.events().add("one", Map.of());
      assertThat(directory.events()).isEmpty();
      writer.events().flush();
      writer.events().add("two", Map.of());
      writer.finish();
    }
    assertThat(directory.events()).extracting(Event::kind).containsExactly("one", "two");
  }

  @ParameterizedTest
  @EnumSource(FullDisk.Moment.class)
  void aFileThatDoesNotFitLeavesTheOldOneAsItWas(FullDisk.Moment moment) {
    RunDirectory directory = RunDirectory.of(FullDisk.root(work), ID);
    try (RunWriter writer = directory.lock()) {
      writer.write(RunDirectory.RECIPE, "name: fashion\n");
      FullDisk.leave(5, moment);

      assertThatThrownBy(() -> writer.write(RunDirectory.RECIPE, "name: another\n"))
          .isInstanceOf(InfrastructureError.class)
          .hasMessageContaining("recipe.yaml")
          .hasMessageContaining("the disk or quota is full; free space and repeat the command");

      assertThat(directory.text(RunDirectory.RECIPE)).contains("name: fashion\n");
      assertThat(FullDisk.freeBytes()).isEqualTo(5);
    } finally {
      FullDisk.makeRoom();
    }
  }

  private RunDirectory finished() {
    RunDirectory directory = RunDirectory.of(WorkRoot.of(work), ID);
    try (RunWriter writer = directory.lock()) {
      writer.write(RunDirectory.RECIPE, "name: fashion\n");
      writer.writeJson(RunDirectory.stepFolder(1, "fuse") + "/plan.json", PLAN);
      writer.events().add("run-end", Map.of());
      writer.finish();
      assertThat(writer.directory()).isSameAs(directory);
    }
    return directory;
  }
}
