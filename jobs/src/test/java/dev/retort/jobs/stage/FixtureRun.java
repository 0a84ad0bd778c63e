package dev.retort.jobs.stage;

import dev.retort.jobs.fault.Driver;
import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.StoreCensus;
import dev.retort.jobs.run.WorkRoot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/**
 * The run named {@value #ID} of the recipe that a fixture has written, by drivers of their own, in
 * a work root of its own. The same command goes on where a killed driver was.
 *
 * @param folder of the fixture; logs go there, too
 * @param name of the work root and the logs
 * @param work the work root
 * @param options more options of the command
 */
record FixtureRun(Path folder, String name, WorkRoot work, List<String> options) {
  static final String ID = "run";

  FixtureRun {
    options = List.copyOf(options);
  }

  /** The run in the work root {@code name} of this machine. */
  static FixtureRun of(Path folder, String name) {
    return new FixtureRun(folder, name, WorkRoot.of(folder.resolve(name)), List.of());
  }

  /** The same command in the work root {@code other} of this machine. */
  FixtureRun named(String other) {
    return new FixtureRun(folder, other, WorkRoot.of(folder.resolve(other)), options);
  }

  /** The run in another work root. */
  FixtureRun in(WorkRoot root) {
    return new FixtureRun(folder, name, root, options);
  }

  /** The run with the measurements of another. */
  FixtureRun replaying(FixtureRun other) {
    return with("--measurements", other.file(RunDirectory.MEASUREMENTS).toString());
  }

  FixtureRun with(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new FixtureRun(folder, name, work, all);
  }

  /** A driver of embedded Spark whose output goes to the run's log. */
  Driver driver() {
    return driver("driver");
  }

  /** As {@link #driver()}, with a log of its own. */
  Driver driver(String log) {
    return new Driver(folder.resolve(name + "-" + log + ".log"));
  }

  /** What to type for a command of a recipe, such as {@code compress}. */
  String[] command(String command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                command,
                folder.resolve("recipe.yaml").toString(),
                "--work",
                work.toString(),
                "--run-id",
                ID));
    words.addAll(options);
    return words.toArray(String[]::new);
  }

  String[] command() {
    return command("compress");
  }

  RunDirectory directory() {
    return RunDirectory.of(work, new RunId(ID));
  }

  /** A file of a run on this machine. */
  Path file(String path) {
    return folder.resolve(name).resolve("runs").resolve(ID).resolve(path);
  }

  /** What must be the same however the run was computed. */
  SortedMap<String, String> hashes() throws IOException {
    return RunHashes.of(work, ID);
  }

  StoreCensus census(String stage) throws IOException {
    return StoreCensus.of(work, stage);
  }

  /** A lease of a dead driver is waited for by a test of its own; elsewhere it takes too long. */
  void releaseLease() throws IOException {
    FileSystem files = FileSystem.get(work.uri(), new Configuration(work.hadoop()));
    for (FileStatus file : files.listStatus(directory().folder())) {
      if (file.getPath().getName().startsWith("lease")) {
        files.delete(file.getPath(), false);
      }
    }
  }
}
