package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.ProgressListener;
import dev.retort.jobs.stage.RunOutlook;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what a run would do. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    header = "Show what a run would do, what is done already, and what memory it would take.",
    description = {
      "",
      "Reads the recipe, the model, the run directory and the store; lists the data's files. Starts no"
          + " job. Lists all stages in the order of a run: stored or measured already, to run, or"
          + " dependent on one that is. The memory is that of the teacher on this machine: weights once, live activations of a"
          + " batch for each task that runs at once, beside the heap of Java. Refuses what the recipe's limit"
          + " (runtime.memory-limit) is sure to be too small for.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort plan conf/recipes/fashion-mnist.yaml",
      "  retort plan my.yaml --set runtime.batch=64 --json",
      "Exit codes: 0 shown, 2 the recipe is wrong or --work cannot be written, 3 the data or the model is."
    })
final class PlanCommand implements Runnable {
  @Spec private CommandSpec spec;
  @ParentCommand private RetortCommand root;
  @Mixin private RecipeOptions options;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    PipelineRequest request = options.request(ProgressListener.silent());
    RunOutlook outlook = root.engine().plan(request);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(outlook));
      return;
    }
    out.printf("run     %s (%s)%n", outlook.runId(), outlook.state());
    if (outlook.state().equals("finished")) {
      out.println("compress would print its result and run nothing; its stages:");
    }
    int width = outlook.stages().stream().mapToInt(s -> s.name().length()).max().orElse(1);
    String line = "%-9s%-" + width + "s  %s%n";
    outlook.stages().forEach(s -> out.printf(line, s.status(), s.name(), s.what()));
    out.printf(
        "memory  %s an executor beside the heap: %d tasks at once, batches of %d%n",
        Quantities.bytes(outlook.memory().totalBytes()), outlook.slots(), outlook.batch());
    outlook.notes().forEach(note -> out.printf("note    %s%n", note));
  }
}
