package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The Python environments of the proofs, made once a machine in the proof's folder. */
final class PythonPeer {
  private static final List<String> PACKAGES =
      List.of(
          "pyspark==3.5.9",
          "onnxruntime==1.28.0",
          "onnx==1.23.2",
          "numpy",
          "pandas",
          "pyarrow",
          "sympy",
          "setuptools");

  private PythonPeer() {}

  /** The peers' Python, or {@code none} where there is no Python or no package. */
  static String executable() throws IOException, InterruptedException {
    return environment("venv", PACKAGES)
        .map(folder -> folder.resolve("bin/python").toString())
        .orElse("none");
  }

  /** The command of moto's server, a double of S3; empty where it cannot be installed. */
  static Optional<Path> motoServer() throws IOException, InterruptedException {
    return environment("venv-moto", List.of("moto[server,s3]==5.2.5"))
        .map(folder -> folder.resolve("bin/moto_server"));
  }

  /** A virtual environment with {@code packages}; empty where there is no Python or no package. */
  private static Optional<Path> environment(String name, List<String> packages)
      throws IOException, InterruptedException {
    Path folder = ProofPage.folder().resolve(name).toAbsolutePath();
    if (Files.exists(folder.resolve("ready"))) {
      return Optional.of(folder);
    }
    List<String> install =
        new ArrayList<>(
            List.of(folder.resolve("bin/python").toString(), "-m", "pip", "install", "-q"));
    install.addAll(packages);
    if (!succeeds(List.of("python3", "-m", "venv", folder.toString())) || !succeeds(install)) {
      return Optional.empty();
    }
    Files.createFile(folder.resolve("ready"));
    return Optional.of(folder);
  }

  /** Runs a script of {@code deploy/proof}; what it prints last. */
  static String lastLine(String script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(executable(), "deploy/proof/" + script));
    command.addAll(List.of(arguments));
    Launcher.Outcome outcome = Launcher.run(Map.of(), command);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output().lines().reduce((a, b) -> b).orElseThrow();
  }

  private static boolean succeeds(List<String> command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(10, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
