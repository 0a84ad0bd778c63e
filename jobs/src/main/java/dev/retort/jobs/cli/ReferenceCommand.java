package dev.retort.jobs.cli;

import dev.retort.recipe.ConfigurationReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the reference of every recipe key: {@code conf/reference.md} is its output. */
@Command(
    name = "reference",
    mixinStandardHelpOptions = true,
    description =
        "List every key of a recipe with its type, range, default and meaning (Markdown).")
final class ReferenceCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().getOut().print(ConfigurationReference.markdown());
  }
}
