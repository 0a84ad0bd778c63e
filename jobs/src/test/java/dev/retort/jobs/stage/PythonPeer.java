package dev.retort.jobs.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The Python environments of the peers, made once a machine in the proof's folder. */
final class PythonPeer {
  private PythonPeer() {}

  /** A Python with pyspark and ONNX Runtime, or {@code none} where there is no Python. */
  static String withPyspark() throws IOException, InterruptedException {
    Path venv = ProofPage.folder().resolve("venv-pyspark").toAbsolutePath();
    Path python = venv.resolve("bin/python");
    if (Files.exists(venv.resolve("ready"))) {
      return python.toString();
    }
    boolean made =
        succeeds("python3", "-m", "venv", venv.toString())
            && succeeds(
                python.toString(),
                "-m",
                "pip",
                "install",
                "-q",
                "pyspark==3.5.9",
                "onnxruntime==1.28.0",
                "pandas",
                "pyarrow",
                "setuptools");
    if (!made) {
      return "none";
    }
    Files.createFile(venv.resolve("ready"));
    return python.toString();
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(10, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
