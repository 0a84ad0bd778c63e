package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The Python environment of the peers, made once a machine in the proof's folder. */
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

  /** The environment's Python, or {@code none} where there is no Python or no package. */
  static String executable() throws IOException, InterruptedException {
    Path venv = ProofPage.folder().resolve("venv").toAbsolutePath();
    Path python = venv.resolve("bin/python");
    if (Files.exists(venv.resolve("ready"))) {
      return python.toString();
    }
    List<String> install =
        new ArrayList<>(List.of(python.toString(), "-m", "pip", "install", "-q"));
    install.addAll(PACKAGES);
    if (!succeeds(List.of("python3", "-m", "venv", venv.toString())) || !succeeds(install)) {
      return "none";
    }
    Files.createFile(venv.resolve("ready"));
    return python.toString();
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
