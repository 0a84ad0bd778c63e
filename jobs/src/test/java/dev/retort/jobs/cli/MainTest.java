package dev.retort.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.error.InfrastructureError;
import dev.retort.error.LeaseHeldError;
import dev.retort.error.UserError;
import dev.retort.jobs.stage.GateResult;
import dev.retort.jobs.stage.PipelineRequest;
import dev.retort.jobs.stage.RunResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String RECIPE =
      Command.ROOT.resolve("conf/recipes/fashion-mnist.yaml").toString();

  @Test
  void compressPrintsTheResultAndReturnsItsExitCode() {
    Command command = Command.run(result("ok", 0), "compress", RECIPE, "--work", "/w/");

    assertThat(command.exitCode()).isZero();
    assertThat(command.out())
        .contains("teacher", "2.81 MB", "3.75x", "94.83 %", "0.400 ms", "2.50x")
        .contains("gate size-ratio of quantize: 3.750, limit 3.000: holds")
        .endsWith("ok: /w/runs/r1/report.html\n");
    assertThat(command.err()).isEmpty();
  }

  @Test
  void aMissedGateIsExitCode4WithAMessage() {
    Command command = Command.run(result("gate-failed", 4), "compress", RECIPE);

    assertThat(command.exitCode()).isEqualTo(4);
    assertThat(command.err()).contains("misses a gate");
  }

  @Test
  void theResultOfAnAttemptIsWrittenWhereTheUserWants(@TempDir Path folder) {
    String file = folder.resolve("attempts/1.json").toString();

    Command compress = Command.run(result("gate-failed", 4), "compress", RECIPE, "--result", file);
    Command read = Command.run("result", file, "--work", "/w");

    assertThat(compress.exitCode()).isEqualTo(4);
    assertThat(read.exitCode()).isEqualTo(4);
    assertThat(read.out())
        .isEqualTo(Command.run(result("gate-failed", 4), "compress", RECIPE, "--work", "/w").out());
    assertThat(read.err()).isEqualTo(compress.err());
  }

  @Test
  void anAttemptThatFailsBeforeThereIsARunLeavesItsExitCodeInItsResult(@TempDir Path folder) {
    String file = folder.resolve("1.json").toString();

    Command compress = Command.run("compress", "no.yaml", "--result", file, "--run-id", "mine");
    Command read = Command.run("result", file, "--json");

    assertThat(compress.exitCode()).isEqualTo(2);
    assertThat(read.exitCode()).isEqualTo(2);
    assertThat(read.out()).contains("\"status\" : \"failed\"", "\"runId\" : \"mine\"");
    assertThat(read.err()).contains("Cannot read the recipe no.yaml");
  }

  @Test
  void aLostDriverLeavesAResultThatSaysTryAgain(@TempDir Path folder) {
    String file = folder.resolve("1.json").toString();
    Engine lost =
        new FakeEngine(
            request -> {
              Command read = Command.run("result", file);
              assertThat(read.exitCode()).isEqualTo(10);
              assertThat(read.err()).contains("has not ended yet, or was lost");
              return result("ok", 0);
            });

    assertThat(Command.run(lost, "compress", RECIPE, "--result", file).exitCode()).isZero();
    assertThat(Command.run("result", folder.resolve("no.json").toString()).exitCode())
        .isEqualTo(10);
  }

  @Test
  void inClusterModeTheWorkRootMustBeShared() {
    System.setProperty("spark.submit.deployMode", "cluster");
    try {
      Command work = Command.run("compress", RECIPE, "--work", "w");
      Command attempt = Command.run("compress", RECIPE, "--work", "/w", "--result", "r.json");

      assertThat(List.of(work, attempt)).extracting(Command::exitCode).containsOnly(2);
      assertThat(work.err()).contains("--work is w, must be a URI or an absolute path");
      assertThat(attempt.err()).contains("--result is r.json, must be a URI or an absolute path");
    } finally {
      System.clearProperty("spark.submit.deployMode");
    }
  }

  @Test
  void anOptionOfSparkSubmitAmongTheCommandsSaysWhereItBelongs() {
    Command command = Command.run("compress", RECIPE, "--executor-memory", "4g");

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).contains("must stand before retort.jar; deploy/retort takes them");
  }

  @Test
  void compressPrintsJsonOnRequest() {
    Command command = Command.run(result("ok", 0), "compress", RECIPE, "--json");

    assertThat(command.out()).startsWith("{").contains("\"runId\" : \"r1\"", "\"steps\" : [");
  }

  @Test
  void benchPrintsEachWayNextToTheLimitAndWhyThePeerHasNoFigure() {
    Command command = Command.run(result("ok", 0), "bench", RECIPE);

    assertThat(command.exitCode()).isZero();
    assertThat(command.out())
        .contains("8,192 samples, 2 task slots, batch 32", "3,000 rows/s  100.0 %")
        .contains("2,940 rows/s   98.0 %", "ended with exit code 137: Killed");
  }

  @Test
  void benchRefusesLessThanOnePass() {
    Command command = Command.run(result("ok", 0), "bench", RECIPE, "--passes", "0");

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).contains("--passes is 0, must be 1 or more");
  }

  @Test
  void theOptionsReachThePipeline(@TempDir Path folder) throws Exception {
    Path measurements = Files.writeString(folder.resolve("m.json"), "{}");
    List<PipelineRequest> requests = new ArrayList<>();
    Engine engine =
        new FakeEngine(
            request -> {
              requests.add(request);
              return result("ok", 0);
            });

    Command command =
        Command.run(
            engine,
            "compress",
            RECIPE,
            "--set=runtime.batch=8",
            "--set",
            "data.train={format: csv, path: 'a=b.csv'}",
            "--work",
            folder.toString(),
            "--run-id=mine",
            "--measurements",
            measurements.toString());

    assertThat(command.exitCode()).isZero();
    PipelineRequest request = requests.get(0);
    assertThat(request.recipe().runtime().batch()).hasValue(8);
    assertThat(request.recipe().data().train().path()).isEqualTo("a=b.csv");
    assertThat(request.work()).isEqualTo(folder.toUri());
    assertThat(request.effectiveRunId()).isEqualTo("mine");
    assertThat(request.measurements()).contains(measurements);
  }

  @Test
  void eachKindOfErrorHasItsExitCodeAndNoTrace() {
    assertFailure(UserError.usage("Cannot a"), 2);
    assertFailure(UserError.input("Cannot b"), 3);
    assertFailure(new LeaseHeldError("Cannot d"), 5);
    assertFailure(new InfrastructureError("Cannot e"), 10);
  }

  @Test
  void anErrorOfATaskIsFoundInsideSparksException() {
    SparkException wrapped =
        new SparkException("Job aborted", new RuntimeException(UserError.input("Cannot read row")));

    Command command = failing(new IllegalStateException(wrapped));

    assertThat(command.exitCode()).isEqualTo(3);
    assertThat(command.err()).isEqualTo("Cannot read row" + System.lineSeparator());
  }

  @Test
  void anInterruptedWaitIsExitCode130() {
    Command command = failing(new RuntimeException(new InterruptedException()));

    assertThat(command.exitCode()).isEqualTo(130);
    assertThat(command.err()).contains("Stopped by a signal; repeat the command");
  }

  @Test
  void anythingElseIsADefectWithATrace() {
    Command command = failing(new IllegalStateException("oops"));

    assertThat(command.exitCode()).isEqualTo(1);
    assertThat(command.err())
        .startsWith("This is a defect of Retort: java.lang.IllegalStateException: oops")
        .contains("at dev.retort.jobs.cli.");
  }

  @Test
  void verboseShowsTheTraceOfAnExpectedError() {
    Command command = failing(UserError.usage("Cannot a"), "--verbose");

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).contains("Cannot a").contains("at dev.retort");
  }

  @Test
  void aWrongCommandLineIsExitCode2() {
    Command unknown = Command.run("comprss", RECIPE);
    Command noRecipe = Command.run("compress");
    Command noSuchOption = Command.run("compress", RECIPE, "--jsn");

    assertThat(List.of(unknown, noRecipe, noSuchOption))
        .allSatisfy(command -> assertThat(command.exitCode()).isEqualTo(2))
        .allSatisfy(command -> assertThat(command.err()).startsWith("Cannot run the command: "));
    assertThat(unknown.err()).contains("compress");
    assertThat(noRecipe.err()).contains("RECIPE", "Try 'retort compress --help'");
  }

  @Test
  void aWrongRecipeIsExitCode2() {
    Command command = Command.run("validate", RECIPE, "--set", "runtime.bacth=1");

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err())
        .startsWith("Cannot read the recipe")
        .contains("runtime.bacth (--set) is unknown", "did you mean batch?");
  }

  @Test
  void wrongOptionsOfARunAreExitCode2() {
    assertThat(Command.run("validate", RECIPE, "--run-id", "../x").err()).contains("--run-id");
    assertThat(Command.run("validate", RECIPE, "--measurements", "no.json").err())
        .contains("--measurements is no.json, must be a readable file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compress R --work s3a://me:hidden@bucket/w",
        "plan R --set data.train.path=s3a://me:hidden@bucket/x",
        "validate R --set fs.s3a.secret.key=hidden",
        "compress R --measurements s3a://me:hidden@bucket/m.json",
        "compress R --result s3a://me:hidden@bucket/r.json",
        "compress s3a://me:hidden@bucket/recipe.yaml",
        "evaluate R s3a://me:hidden@bucket/m.onnx",
        "result https://host/result.json?sig=hidden",
        "compress R --set s3a://me:hidden@bucket/x",
        "compress R --wrok s3a://me:hidden@bucket/x"
      })
  void aCredentialOnTheCommandLineIsExitCode2AndNotRepeated(String line) {
    Command command = Command.run(line.replace(" R", " " + RECIPE).split(" "));

    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).startsWith("Cannot ").doesNotContain("hidden");
    assertThat(command.out()).isEmpty();
  }

  @Test
  void missingDataIsExitCode3() {
    Command command = Command.run("validate", RECIPE, "--set", "data.train.path=no/such/folder");

    assertThat(command.exitCode()).isEqualTo(3);
    assertThat(command.err()).contains("data.train.path is no/such/folder, must be a file or");
  }

  @Test
  void planShowsStagesAndMemory() {
    Command text = Command.run(result("ok", 0), "plan", RECIPE, "--run-id", "mine");
    Command json = Command.run(result("ok", 0), "plan", RECIPE, "--json");

    assertThat(text.out())
        .contains("run     mine (interrupted)", "stored   label test  the teacher's outputs")
        .contains("memory  22.30 MB an executor", "2 tasks at once, batches of 32");
    assertThat(json.out()).contains("\"arenaBytes\" : 9000000");
  }

  @Test
  void labelSaysWhatItStored() {
    assertThat(Command.run(result("ok", 0), "label", RECIPE).out())
        .contains("train: 54,000 samples, content ", "/w/store/label/1");
    assertThat(Command.run(result("ok", 0), "label", RECIPE, "--json").out())
        .contains("\"samples\" : 54000");
  }

  @Test
  void calibrateShowsTheRangesByEachMethod() {
    assertThat(Command.run(result("ok", 0), "calibrate", RECIPE).out())
        .contains("act1: 1,000,000 values in [0.000, 6.250]", "mse              [0.000, 5.500]");
    assertThat(Command.run(result("ok", 0), "calibrate", RECIPE, "--json").out())
        .contains("\"tensor\" : \"act1\"");
  }

  @Test
  void evaluateShowsTheMetrics() {
    assertThat(Command.run(result("ok", 0), "evaluate", RECIPE, "m.onnx").out())
        .contains("94.83 %", "3.75x", "accuracy           0.948300");
    assertThat(Command.run(result("ok", 0), "evaluate", RECIPE, "m.onnx", "--json").out())
        .contains("\"accuracy\" : 0.9483");
    assertThat(Command.run("evaluate", RECIPE).exitCode()).isEqualTo(2);
  }

  @Test
  void inspectShowsOperatorsAndWhatTheRulesSay() {
    String model = Command.ROOT.resolve("data/models/fashion-resnet.onnx").toString();

    Command text = Command.run("inspect", model);
    Command json = Command.run("inspect", "--json", model);

    assertThat(text.exitCode()).isZero();
    assertThat(text.out())
        .contains("opsets       onnx 17", "parameters   696,042", "BatchNormalization")
        .contains("FuseBatchNormIntoConv", "int8: int8-per-channel: weights of Conv, scale")
        .contains("int8: fold-into-range: Relu costs nothing")
        .doesNotContain("no integer form of Relu");
    assertThat(json.out()).startsWith("{").contains("\"parameters\" : 696042");
  }

  @Test
  void inspectOfAMissingFileIsExitCode3() {
    Command command = Command.run("inspect", "no-such-model.onnx");

    assertThat(command.exitCode()).isEqualTo(3);
    assertThat(command.err()).contains("no-such-model.onnx", "there is no such file");
  }

  @Test
  void versionNamesThePartsThatDecideTheBits() {
    assertThat(Command.run("version").out()).contains("Spark 3.5.9", "ONNX Runtime 1.28.0");
    assertThat(Command.run("version", "--json").out()).contains("\"cpuClass\" : ");
  }

  @Test
  void referenceIsTheCheckedInFile() throws Exception {
    assertThat(Command.run("reference").out())
        .isEqualTo(Files.readString(Command.ROOT.resolve("conf/reference.md")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "compress",
        "plan",
        "validate",
        "inspect",
        "join",
        "evaluate",
        "label",
        "calibrate",
        "result",
        "clean"
      })
  void helpHasExamplesAndExitCodes(String command) {
    Command help = Command.run(command, "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("Examples:", "retort " + command, "Exit codes:");
  }

  @Test
  void withoutACommandTheHelpIsShown() {
    Command help = Command.run();

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("compress", "validate", "Exit codes:", "Examples:");
  }

  private static void assertFailure(RuntimeException failure, int exitCode) {
    Command command = failing(failure);

    assertThat(command.exitCode()).isEqualTo(exitCode);
    assertThat(command.err()).isEqualTo(failure.getMessage() + System.lineSeparator());
  }

  private static Command failing(RuntimeException failure, String... more) {
    List<String> args = new ArrayList<>(List.of("compress", RECIPE));
    args.addAll(List.of(more));
    Engine engine =
        new FakeEngine(
            request -> {
              throw failure;
            });
    return Command.run(engine, args.toArray(String[]::new));
  }

  private static RunResult result(String status, int exitCode) {
    return new RunResult(
        status,
        exitCode,
        "r1",
        true,
        exitCode == 0 ? "" : "The result misses a gate: size-ratio",
        Outcomes.of("teacher", 2_812_500, 1.0, 0.949, List.of()),
        List.of(
            Outcomes.of(
                "quantize",
                750_000,
                0.4,
                0.9483,
                List.of(
                    new GateResult("size-ratio", GateResult.Bound.AT_LEAST, 3, 3.75, true, true)))),
        List.of());
  }
}
