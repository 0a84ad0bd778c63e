package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.ExitCode;
import dev.retort.error.InfrastructureError;
import dev.retort.error.InterruptedRunError;
import dev.retort.error.RetortException;
import dev.retort.error.UserError;
import dev.retort.tensor.Dims;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSigner;
import java.security.CodeSource;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelProbeTest {
  private static final SessionSettings SETTINGS = SessionSettings.standard();
  private static final long MEGABYTE = 1 << 20;
  private static final ProbeRequest.Limits SMALL =
      new ProbeRequest.Limits(Duration.ofSeconds(3), 400 * MEGABYTE);

  @TempDir Path folder;

  @Test
  void aSoundModelPasses() {
    ModelProbe.Result result = ModelProbe.probe(request(Fashion.RESNET));

    assertThat(result.peakBytes()).isBetween(20 * MEGABYTE, 400 * MEGABYTE);
    assertThat(result.time()).isBetween(Duration.ofMillis(50), Duration.ofMinutes(1));
  }

  @Test
  void aModelThatKillsItsProcessIsNamedAndThisProcessLives() {
    Path hostile = SmallModels.hugeStrides(folder.resolve("hostile.onnx"));

    assertRefused(request(hostile))
        .hasMessage(
            "Cannot use model %s: its first run with batch 1 killed the process (SIGFPE in libonnxruntime.so), must end normally; the model is damaged or hostile",
            hostile);
  }

  @Test
  void aModelThatNeverEndsIsStopped() {
    Path endless = SmallModels.endless(folder.resolve("endless.onnx"));

    assertRefused(request(endless).withLimits(SMALL))
        .hasMessageContaining("its first run with batch 1 took over 3 s, must end normally");
  }

  @Test
  void aModelThatFillsTheMemoryIsStopped() {
    Path greedy = SmallModels.expanding(folder.resolve("greedy.onnx"), 300_000_000);

    assertRefused(
            request(greedy)
                .withLimits(new ProbeRequest.Limits(Duration.ofMinutes(1), SMALL.memoryBytes())))
        .hasMessageContaining("its first run with batch 1 took over 400 MB of memory");
  }

  @Test
  void aModelThatDoesNotLoadIsRefusedWithTheReason() throws IOException {
    Path damaged = Files.writeString(folder.resolve("damaged.onnx"), "no model");

    assertRefused(request(damaged))
        .hasMessageStartingWith("Cannot load model " + damaged + ": ONNX Runtime says");
  }

  @Test
  void aModelThatDoesNotRunIsRefusedWithTheReason() {
    ProbeRequest request =
        ProbeRequest.of(Fashion.RESNET, SETTINGS, Map.of("image", Dims.of(3, 28, 28)));

    assertRefused(request)
        .hasMessageContaining("input image is FLOAT32 samples of [3x28x28], must be FLOAT32[N, 1");
  }

  @Test
  void theTrialItselfWritesOneNote() throws IOException {
    Path note = folder.resolve("note");

    assertThat(ProbeChild.attempt(note, request(Fashion.STUDENT))).isZero();
    assertThat(note).hasContent("its first run with batch 2");
    assertThat(ProbeChild.attempt(note, request(folder.resolve("absent.onnx"))))
        .isEqualTo(ProbeChild.REFUSED);
    assertThat(note).content().contains("there is no such readable file");
  }

  @Test
  void aRequestSurvivesItsWayToTheChild() {
    ProbeRequest request =
        ProbeRequest.of(
            folder.resolve("a \"b\\c.onnx"),
            SETTINGS.withThreads(3),
            Map.of("in put", Dims.of(2, 3), "scalar", Dims.scalar()));

    String[] arguments = ProbeChild.arguments(folder, request).toArray(String[]::new);

    assertThat(ProbeChild.request(arguments)).isEqualTo(request);
  }

  @Test
  void oddFileNamesReachTheChild() throws IOException {
    Path odd = folder.resolve("a \"b\\c #@.onnx");
    Files.copy(Fashion.STUDENT, odd);

    assertThat(ModelProbe.probe(request(odd)).peakBytes()).isPositive();
  }

  @Test
  void theChildFindsItsClassesWithoutTheClassPathOfThisProcess() throws IOException {
    String classPath = System.getProperty("java.class.path");
    try {
      System.setProperty("java.class.path", "");
      assertThat(ProbeProcess.classPath()).hasSize(2);
      assertThat(ModelProbe.probe(request(Fashion.STUDENT)).peakBytes()).isPositive();
      System.setProperty("java.class.path", "a.jar" + File.pathSeparator);
      assertThat(ProbeProcess.classPath()).contains(Path.of("a.jar").toAbsolutePath().toString());
    } finally {
      System.setProperty("java.class.path", classPath);
    }
  }

  @Test
  void classesThatComeFromNoFileAreNamed() throws IOException {
    CodeSource remote = new CodeSource(new URL("http://host/a.jar"), (CodeSigner[]) null);

    assertThatThrownBy(() -> ProbeProcess.pathOf(remote))
        .isInstanceOf(IOException.class)
        .hasMessage("class path entry http://host/a.jar is no file");
  }

  @Test
  void interruptingTheTrialEndsIt() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> ModelProbe.probe(request(Fashion.STUDENT)))
        .isInstanceOf(InterruptedRunError.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aChildThatCannotStartItsWorkIsNoFaultOfTheModel() throws IOException {
    Files.writeString(ProbeProcess.console(folder), "no class found");

    assertThatThrownBy(() -> ModelProbe.judge(1, request(Fashion.STUDENT), folder))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("the child process ended with code 1: no class found");
    assertThatThrownBy(() -> ModelProbe.judge(137, request(Fashion.STUDENT), folder))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("starting killed the process (exit code 137)");
  }

  private static ProbeRequest request(Path model) {
    return ProbeRequest.of(model, SETTINGS, Map.of());
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertRefused(
      ProbeRequest request) {
    return assertThatThrownBy(() -> ModelProbe.probe(request))
        .isInstanceOfSatisfying(
            RetortException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.INPUT));
  }
}
