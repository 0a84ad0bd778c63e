package dev.retort.jobs.cli;

import dev.retort.jobs.run.Json;
import dev.retort.provenance.CpuClass;
import java.io.PrintWriter;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints versions and the processor's class, which together decide the bits of a result. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Say what this build is made of and what processor it runs on.")
final class VersionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    SortedMap<String, String> versions = Versions.all();
    versions.put("cpuClass", CpuClass.ofThisMachine().name());
    if (json) {
      out.print(Json.write(versions));
      return;
    }
    for (String line : new Versions().getVersion()) {
      out.println(line);
    }
    out.println("Processor " + versions.get("cpuClass"));
  }
}
