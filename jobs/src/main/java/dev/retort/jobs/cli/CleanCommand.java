package dev.retort.jobs.cli;

import dev.retort.error.UserError;
import dev.retort.jobs.run.CleanReport;
import dev.retort.jobs.run.CleanRules;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.StoreClean;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.jobs.spark.HadoopSettings;
import dev.retort.recipe.ByteSize;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes results that no run refers to. */
@Command(
    name = "clean",
    mixinStandardHelpOptions = true,
    header = "Remove results from the store that no run refers to.",
    description = {
      "",
      "What a run refers to stays, also while the run goes on: delete runs/<run-id> first, and what it"
          + " alone refers to can go. Without --older-than and --max-size all that no run refers to"
          + " goes; each of them says what goes instead, and both together remove what either does."
          + " Files that killed runs left uncommitted go after a day. Starts no job.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort clean --work hdfs://host/retort --dry-run",
      "  retort clean --work hdfs://host/retort --older-than 30d",
      "  retort clean --older-than 30d --max-size 50GB --json",
      "Exit codes: 0 cleaned, 2 no store, or a wrong option, 5 another clean works there, 10 the"
          + " storage failed."
    })
final class CleanCommand implements Runnable {
  private static final Pattern AGE = Pattern.compile("(\\d{1,6}) ?(d|h|min)");

  @Spec private CommandSpec spec;

  @Option(
      names = "--work",
      paramLabel = "URI",
      defaultValue = "${env:RETORT_WORK:-.}",
      description = {
        "The work root, with runs/ and store/.",
        "Default: RETORT_WORK, or else the working directory."
      })
  private String work;

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      description = "Of what no run refers to, remove what was last written so long ago: 30d, 12h.")
  private String olderThan;

  @Option(
      names = "--max-size",
      paramLabel = "SIZE",
      description =
          "Of what no run refers to, remove the oldest until the store has at most this size: 50GB.")
  private String maxSize;

  @Option(names = "--dry-run", description = "Show what would go, and change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    CleanRules rules = new CleanRules(age(), size(), Instant.now());
    WorkRoot root = WorkRoot.of(work, HadoopSettings.ofThisProcess());
    CleanReport report =
        StoreClean.clean(root, rules, dryRun ? CleanReport.Mode.DRY_RUN : CleanReport.Mode.DELETE);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(report));
      return;
    }
    String deed = dryRun ? "would remove" : "removed";
    report.results().forEach(removal -> print(deed, removal, out));
    report.leftovers().forEach(removal -> print(deed, removal, out));
    out.printf(
        "%s %d results and %d leftover files, %s; %s stay, of which runs refer to %s%n",
        deed,
        report.results().size(),
        report.leftovers().size(),
        Quantities.bytes(report.freedBytes()),
        Quantities.bytes(report.keptBytes()),
        Quantities.bytes(report.referencedBytes()));
  }

  private static void print(String deed, CleanReport.Removal removal, PrintWriter out) {
    out.printf(
        "%s %s: %s, last written %s; %s%n",
        deed,
        removal.path(),
        Quantities.bytes(removal.bytes()),
        removal.written(),
        removal.reason());
  }

  private Optional<Duration> age() {
    if (olderThan == null) {
      return Optional.empty();
    }
    Matcher age = AGE.matcher(olderThan);
    if (!age.matches()) {
      throw UserError.usage(
          "Cannot clean: --older-than is \"%s\", must be a number of d, h or min, such as 30d"
              .formatted(olderThan));
    }
    long count = Long.parseLong(age.group(1));
    return Optional.of(
        switch (age.group(2)) {
          case "d" -> Duration.ofDays(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofMinutes(count);
        });
  }

  private OptionalLong size() {
    if (maxSize == null) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(
        ByteSize.parse(maxSize)
            .orElseThrow(
                () ->
                    UserError.usage(
                        "Cannot clean: --max-size is \"%s\", must be a number of B, kB, MB, GB, KiB, MiB or GiB, such as 50GB"
                            .formatted(maxSize)))
            .bytes());
  }
}
