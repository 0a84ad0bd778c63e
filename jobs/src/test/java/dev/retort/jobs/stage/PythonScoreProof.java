package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retort.jobs.SparkTest;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/python/score.py} on all test images, next to what the job says of its model. */
@Tag("proof")
class PythonScoreProof {
  private static final Path ROOT = FashionFixture.ROOT;
  private static final String TEST = ROOT.resolve("data/fashion-mnist/test").toString();
  private static final double ONE_IMAGE = 1e-4;

  @TempDir static Path folder;

  @Test
  void pythonSeesTheAccuracyOfTheJob() throws Exception {
    SparkTest.session();
    FashionFixture fixture = new FashionFixture(folder);
    RunResult result = Pipeline.compress(fixture.request("work", Map.of("data.test.path", TEST)));
    ModelOutcome quantized = result.steps().get(result.steps().size() - 1);
    double accuracy = quantized.metrics().get("accuracy");

    JsonNode scored = score(fixture.run("work").resolve(quantized.model()));

    ProofPage.row(
        "score.py from pyspark 3.5.9 on 10,000 test images, accuracy of an int8 model by the job and by Python",
        "equal but for one image",
        String.format(
            Locale.ROOT,
            "%.2f %% and %.2f %%",
            100 * accuracy,
            100 * scored.get("accuracy").asDouble()));
    assertThat(scored.get("rows").asInt()).isEqualTo(10_000);
    assertThat(scored.get("accuracy").asDouble()).isCloseTo(accuracy, within(ONE_IMAGE));
  }

  private static JsonNode score(Path model) throws Exception {
    Path python = Path.of(PythonPeer.executable());
    List<String> command =
        List.of(
            python.resolveSibling("spark-submit").toString(),
            "--conf",
            "spark.ui.enabled=false",
            "--jars",
            ROOT.resolve("jobs/target/retort.jar").toString(),
            ROOT.resolve("deploy/python/score.py").toString(),
            model.toString(),
            TEST,
            "--output",
            "logits",
            "--label",
            "label");
    Map<String, String> environment =
        Map.of(
            "PATH",
            python.getParent() + File.pathSeparator + System.getenv("PATH"),
            "PYSPARK_PYTHON",
            python.toString(),
            "SPARK_LOCAL_IP",
            "127.0.0.1");

    Launcher.Outcome outcome = Launcher.run(environment, command);

    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    String line =
        outcome
            .output()
            .lines()
            .filter(text -> text.startsWith("{\"rows\""))
            .findFirst()
            .orElseThrow();
    return new ObjectMapper().readTree(line);
  }
}
