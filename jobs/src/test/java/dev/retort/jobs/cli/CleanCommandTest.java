package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanCommandTest {
  @TempDir Path folder;

  @Test
  void whatAFinishedRunRefersToStaysAndGoesWithTheRun() throws IOException {
    SmallTask task = SmallTask.in(folder);
    assertThat(task.run("compress", "--run-id", "one").exitCode()).isZero();
    List<Path> stored = store(task);

    Command kept = clean(task, "--json");

    assertThat(kept.exitCode()).isZero();
    assertThat(kept.out()).contains("\"mode\" : \"DELETE\"", "\"results\" : [ ]", "\"runs\" : 1");
    assertThat(store(task)).isEqualTo(stored);
    assertThat(task.run("compress", "--run-id", "two").exitCode()).isZero();
    assertThat(store(task)).isEqualTo(stored);
    delete(task.work().resolve("runs/one"));
    assertThat(clean(task, "--older-than", "1min").exitCode()).isZero();
    assertThat(store(task)).containsAll(stored);

    delete(task.work().resolve("runs/two"));
    Command look = clean(task, "--dry-run");
    assertThat(look.out())
        .contains("would remove label", "no run refers to it", "of which runs refer to 0 B");
    assertThat(store(task)).containsAll(stored);
    Command gone = clean(task);
    assertThat(gone.out()).contains("removed model/", "removed 7 results", "; 0 B stay");
    assertThat(store(task)).extracting(Path::getFileName).hasToString("[version-1]");
    assertThat(task.run("compress", "--run-id", "three").exitCode()).isZero();
  }

  @Test
  void cleansThatGoOnAllTheTimeTakeNothingFromARunThatNeedsWhatTheyDelete() throws Exception {
    SmallTask task = SmallTask.in(folder);
    assertThat(task.run("compress", "--run-id", "one").exitCode()).isZero();
    delete(task.work().resolve("runs/one"));
    AtomicBoolean ended = new AtomicBoolean();
    ExecutorService cleaner = Executors.newSingleThreadExecutor();
    try {
      Future<List<Command>> cleans =
          cleaner.submit(
              () -> {
                List<Command> done = new ArrayList<>();
                while (!ended.get()) {
                  done.add(clean(task));
                }
                return done;
              });
      Command run = task.run("compress", "--run-id", "two");
      ended.set(true);

      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(cleans.get()).extracting(Command::exitCode).containsOnly(0);
    } finally {
      ended.set(true);
      cleaner.shutdown();
    }
    List<Path> stored = store(task);
    assertThat(clean(task).out()).startsWith("removed 0 results");
    assertThat(task.run("compress", "--run-id", "three").exitCode()).isZero();
    assertThat(store(task)).isEqualTo(stored);
  }

  @Test
  void rulesSpareWhatTheyDoNotName() throws IOException {
    SmallTask task = SmallTask.in(folder);
    assertThat(task.run("compress", "--run-id", "one").exitCode()).isZero();
    List<Path> stored = store(task);
    delete(task.work().resolve("runs/one"));

    assertThat(clean(task, "--older-than", "30d", "--max-size", "50GB").out())
        .startsWith("removed 0 results and 0 leftover files, 0 B; ");
    assertThat(store(task)).isEqualTo(stored);
    assertThat(clean(task, "--max-size", "0B").out()).contains("and the store is too large");
  }

  @Test
  void wrongOptionsAreExitCode2WithTheAllowedForm() {
    String work = folder.toString();

    Command age = Command.run("clean", "--work", work, "--older-than", "a month");
    Command size = Command.run("clean", "--work", work, "--max-size", "50 gigs");
    Command place = Command.run("clean", "--work", work);

    assertThat(List.of(age, size, place)).extracting(Command::exitCode).containsOnly(2);
    assertThat(age.err())
        .contains("--older-than is \"a month\", must be a number of d, h or min, such as 30d");
    assertThat(size.err()).contains("--max-size is \"50 gigs\", must be a number of B, kB, MB");
    assertThat(place.err()).contains("it has no store, must be the work root of runs");
  }

  private static Command clean(SmallTask task, String... more) {
    List<String> args =
        Stream.concat(Stream.of("clean", "--work", task.work().toString()), Stream.of(more))
            .toList();
    return Command.run(args.toArray(String[]::new));
  }

  private static List<Path> store(SmallTask task) throws IOException {
    try (Stream<Path> files = Files.walk(task.work().resolve("store"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void delete(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
