package dev.retort.jobs.cli;

import dev.retort.cost.ModelSummary;
import dev.retort.cost.OperatorCost;
import dev.retort.jobs.run.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a model: operators, parameters, MACs, and by node what Retort can do with it. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "Show a model's operators, parameters and MACs, and what can be done with each node.",
    description = {
      "",
      "Reads and checks an ONNX model without starting ONNX Runtime. For each node it lists the"
          + " fusion rules that fire or refuse, with their reasons, and what the preset int8 does with it.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort inspect data/models/fashion-resnet.onnx",
      "  retort inspect --json model.onnx",
      "Exit codes: 0 sound, 3 the model is broken or not supported."
    })
final class InspectCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "An ONNX model file.")
  private Path model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public void run() {
    Inspection inspection = Inspection.of(model);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(Json.write(inspection));
      return;
    }
    head(inspection, out);
    operators(inspection, out);
    nodes(inspection, out);
  }

  private static void head(Inspection inspection, PrintWriter out) {
    out.printf(
        "model        %s (%s)%n", inspection.file(), Quantities.bytes(inspection.sizeBytes()));
    out.printf("sha256       %s%n", inspection.sha256());
    out.printf(
        "opsets       %s%n",
        inspection.opsets().stream()
            .map(set -> (set.domain().isEmpty() ? "onnx" : set.domain()) + " " + set.version())
            .collect(Collectors.joining(", ")));
    out.printf("inputs       %s%n", values(inspection.inputs()));
    out.printf("outputs      %s%n", values(inspection.outputs()));
    out.printf("parameters   %s%n", Quantities.grouped(inspection.parameters()));
    out.printf("MACs         %s a sample%n", Quantities.grouped(inspection.macs()));
    out.printf("weights      %s%n", Quantities.bytes(inspection.weightBytes()));
    out.printf(
        "activations  %s a sample at the peak%n", Quantities.bytes(inspection.activationBytes()));
    inspection.notes().forEach(note -> out.printf("note         %s%n", note));
  }

  private static String values(List<ModelSummary.Value> values) {
    return values.stream()
        .map(value -> value.name() + " " + value.type())
        .collect(Collectors.joining(", "));
  }

  private static void operators(Inspection inspection, PrintWriter out) {
    out.printf("%n%-28s %6s %14s %16s%n", "operator", "nodes", "parameters", "MACs");
    for (OperatorCost operator : inspection.operators()) {
      out.printf(
          "%-28s %6d %14s %16s%n",
          operator.opType(),
          operator.nodes(),
          Quantities.grouped(operator.parameters()),
          Quantities.grouped(operator.macs()));
    }
  }

  private static void nodes(Inspection inspection, PrintWriter out) {
    out.printf("%nnode by node: what fusing and the preset int8 do%n");
    for (Inspection.NodeReport node : inspection.nodes()) {
      out.printf("  %s [%s]%n", node.name(), node.opType());
      node.fusion().forEach(line -> out.printf("      %s%n", line));
      if (!node.quantization().isEmpty()) {
        out.printf("      int8: %s%n", node.quantization());
      }
    }
  }
}
