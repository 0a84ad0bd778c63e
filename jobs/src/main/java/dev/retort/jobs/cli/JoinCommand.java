package dev.retort.jobs.cli;

import dev.retort.error.ModelMessages;
import dev.retort.error.UserError;
import dev.retort.graph.Model;
import dev.retort.graph.join.Bridge;
import dev.retort.graph.join.ModelJoin;
import dev.retort.graph.join.Pooling;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.graph.onnx.OnnxWriter;
import dev.retort.graph.shape.ModelCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

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
      "Exit codes: 0 written, 2 OUT cannot be written, 3 a model is broken or the two do not fit."
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
      converter = PoolingName.class,
      description =
          "How tokens become one vector: ${COMPLETION-CANDIDATES}; mean needs an input"
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
    checkOutput();
    Model joined = ModelJoin.join(checked(encoder), checked(head), new Bridge(pooling, normalize));
    ModelCheck.check(joined);
    OnnxWriter.write(joined, output);
    spec.commandLine()
        .getOut()
        .printf(
            "%s: opset %d, %s nodes%n",
            output, joined.opset(""), Quantities.grouped(joined.graph().nodes().size()));
  }

  /** Before the models are read, which may take long. */
  private void checkOutput() {
    Path folder = output.toAbsolutePath().normalize().getParent();
    String problem = null;
    if (folder == null || Files.isDirectory(output)) {
      problem = "it is a folder, must be a file; give -o the name of a file";
    } else if (!Files.isDirectory(folder)) {
      problem =
          "%s is no folder, must be one; make it, or give -o a file in another".formatted(folder);
    } else if (!Files.isWritable(folder)) {
      problem =
          "the folder %s is not writable, must be writable for %s; change its rights, or give -o a file in another"
              .formatted(folder, System.getProperty("user.name"));
    }
    if (problem != null) {
      throw UserError.usage("Cannot write model to %s: %s".formatted(output, problem));
    }
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

  /** Picocli's own converter of enums shows the names that Java code has. */
  private static final class PoolingName implements ITypeConverter<Pooling> {
    @Override
    public Pooling convert(String name) {
      return Stream.of(Pooling.values())
          .filter(pooling -> pooling.toString().equalsIgnoreCase(name))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "it is '%s', must be one of %s"
                          .formatted(
                              name,
                              Stream.of(Pooling.values())
                                  .map(Pooling::toString)
                                  .collect(Collectors.joining(", ")))));
    }
  }
}
