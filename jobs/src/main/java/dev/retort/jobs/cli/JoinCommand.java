package dev.retort.jobs.cli;

import dev.retort.error.ModelMessages;
import dev.retort.graph.Model;
import dev.retort.graph.join.Bridge;
import dev.retort.graph.join.ModelJoin;
import dev.retort.graph.join.Pooling;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.shape.ModelCheck;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a head behind an encoder and writes the model that they make. */
@Command(
    name = "join",
    mixinStandardHelpOptions = true,
    header = "Put a head behind an encoder, with pooling between them, and write one model.",
    description = {
      "",
      "The encoder's first output is pooled over its tokens and, on demand, divided by its Euclidean"
          + " length; the head takes the result. Both models are checked first, and lifted to opset"
          + " 17 where that is known. Starts neither Spark nor ONNX Runtime.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  retort join encoder.onnx head.onnx --pooling mean --normalize -o teacher.onnx",
      "Exit codes: 0 written, 3 a model is broken or the two do not fit."
    })
final class JoinCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "ENCODER", description = "An ONNX model of token vectors.")
  private Path encoder;

  @Parameters(index = "1", paramLabel = "HEAD", description = "An ONNX model of one input.")
  private Path head;

  @Option(
      names = "--pooling",
      required = true,
      description =
          "How tokens become one vector: ${COMPLETION-CANDIDATES}. MEAN needs an input"
              + " attention_mask.")
  private Pooling pooling;

  @Option(names = "--normalize", description = "Divide that vector by its Euclidean length.")
  private boolean normalize;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "The file to write; an existing one is replaced.")
  private Path output;

  @Override
  public void run() {
    Model joined = ModelJoin.join(checked(encoder), checked(head), new Bridge(pooling, normalize));
    ModelCheck.check(joined);
    OnnxWriter.write(joined, output);
    spec.commandLine()
        .getOut()
        .printf(
            "%s: opset %d, %s nodes%n",
            output, joined.opset(""), Quantities.grouped(joined.graph().nodes().size()));
  }

  private static Model checked(Path file) {
    Model model = OnnxReader.read(file);
    return ModelMessages.naming(
        file.toString(),
        () -> {
          ModelCheck.check(model);
          return model;
        });
  }
}
