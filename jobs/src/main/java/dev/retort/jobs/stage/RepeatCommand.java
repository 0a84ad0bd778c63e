package dev.retort.jobs.stage;

import dev.retort.jobs.run.RunDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What to type to make a run again, in a run directory of its own, from what the store holds. The
 * run's measurements are replayed, so that the same choices are made.
 *
 * @param start the working directory of the run, which relative paths of the recipe start from
 * @param launcher the launcher that started the run
 * @param folder the run directory
 * @param work the work root
 * @param runId the run
 */
record RepeatCommand(String start, String launcher, String folder, String work, String runId) {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final Pattern REMOTE = Pattern.compile("(?!file:)[a-z][a-z0-9+.-]*:.*");

  /** The command of a run of this process. */
  static RepeatCommand of(String folder, String work, String runId) {
    return new RepeatCommand(
        System.getProperty("user.dir"),
        System.getenv().getOrDefault("RETORT_LAUNCHER", "deploy/retort"),
        folder,
        work,
        runId);
  }

  /** The lines of the command. */
  String text() {
    List<String> lines = new ArrayList<>(List.of("cd " + quoted(start)));
    String recipe = local(RunDirectory.RECIPE, lines);
    String measurements = local(RunDirectory.MEASUREMENTS, lines);
    lines.add(quoted(launcher) + " compress " + quoted(recipe) + " \\");
    lines.add("  --measurements " + quoted(measurements) + " \\");
    lines.add("  --work " + quoted(work) + " --run-id " + quoted(runId + "-again"));
    return String.join("\n", lines);
  }

  /** The path of a file of the run, fetched first if it lies elsewhere than on this machine. */
  private String local(String file, List<String> lines) {
    String path = folder + "/" + file;
    if (!REMOTE.matcher(folder).matches()) {
      return path.replaceFirst("^file:/*", "/");
    }
    String copy = runId + "-" + file;
    lines.add("hadoop fs -get " + quoted(path) + " " + quoted(copy));
    return copy;
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
