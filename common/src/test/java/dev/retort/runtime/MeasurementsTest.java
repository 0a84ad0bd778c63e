package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.provenance.CpuClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeasurementsTest {
  private static final SessionSettings SETTINGS = SessionSettings.standard();
  private static final Effort SHORT = new Effort(2, 5, 4, Duration.ofSeconds(5));

  @TempDir Path folder;

  @Test
  void quartilesInterpolate() {
    assertThat(Quartiles.of(new double[] {4, 1, 3, 2}))
        .isEqualTo(new Quartiles(1.75, 2.5, 3.25, 4));
    assertThat(Quartiles.of(new double[] {7})).isEqualTo(new Quartiles(7, 7, 7, 1));
    assertThatThrownBy(() -> Quartiles.of(new double[0])).hasMessage("no values");
  }

  @Test
  void theLargeModelIsSlowerThanTheSmallOne() {
    try (OnnxSession large = OnnxSession.open(Fashion.RESNET, SETTINGS);
        OnnxSession small = OnnxSession.open(Fashion.STUDENT, SETTINGS)) {
      Map<String, OnnxSession> sessions = new LinkedHashMap<>();
      sessions.put("large", large);
      sessions.put("small", small);
      LatencyMeter meter = new LatencyMeter(Map.of(), SHORT);

      Map<String, Quartiles> single = meter.measure(sessions, 1);
      Map<String, Quartiles> many = meter.measure(sessions, 32);

      assertThat(single).containsOnlyKeys("large", "small");
      assertThat(single.get("small").count()).isEqualTo(20);
      assertThat(single.get("large").median()).isGreaterThan(5 * single.get("small").median());
      assertThat(many.get("large").median()).isGreaterThan(5 * single.get("large").median());
    }
  }

  @Test
  void atLeastThreeRoundsTakePlaceWhateverTheBudget() {
    Effort effort = new Effort(0, 50, 2, Duration.ZERO);
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SETTINGS)) {
      Quartiles millis =
          new LatencyMeter(Map.of(), effort).measure(Map.of("a", session), 1).get("a");

      assertThat(millis.count()).isEqualTo(6);
    }
    assertThatThrownBy(() -> new Effort(0, 2, 1, Duration.ZERO)).hasMessageContaining("rounds 2");
    assertThat(Effort.thorough().rounds()).isGreaterThan(Effort.brief().rounds());
  }

  @Test
  void everyCandidateBatchIsMeasured() {
    try (OnnxSession session = OnnxSession.open(Fashion.STUDENT, SETTINGS)) {
      List<BatchProbe.Throughput> measured =
          BatchProbe.measure(session, Map.of(), List.of(1, 8), SHORT);

      assertThat(measured).extracting(BatchProbe.Throughput::batch).containsExactly(1, 8);
      assertThat(measured).allSatisfy(m -> assertThat(m.samplesPerSecond()).isPositive());
      assertThat(BatchProbe.best(measured)).isIn(1, 8);
    }
  }

  @Test
  void theSmallestGoodBatchWins() {
    List<BatchProbe.Throughput> measured =
        List.of(throughput(64, 64.0), throughput(32, 32.5), throughput(16, 18.0));

    assertThat(BatchProbe.best(measured)).isEqualTo(32);
    assertThatThrownBy(() -> BatchProbe.best(List.of())).hasMessage("no batch was measured");
  }

  @Test
  void aProfileNamesOperatorsAndTheirShares() {
    OpProfile profile = OpProfile.measure(Fashion.RESNET, SETTINGS, Map.of(), 8, 5);

    assertThat(profile.operators().get(0).opType()).isEqualTo("Conv");
    assertThat(profile.operators().get(0).share()).isBetween(0.7, 1.0);
    assertThat(profile.nodes().stream().mapToDouble(OpProfile.NodeTime::share).sum())
        .isCloseTo(1, within(1e-9));
    assertThat(profile.operators().stream().mapToDouble(OpProfile.OpTime::micros).sum())
        .isCloseTo(profile.micros(), within(1e-6));
    assertThat(profile.nodes())
        .isSortedAccordingTo((a, b) -> Double.compare(b.micros(), a.micros()));
  }

  @Test
  void aProfileIsTheMedianOfTheLastRuns() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("profile.json"),
            """
            [{"cat":"Session","ts":0,"dur":100,"name":"model_run"},
             {"cat":"Node","ts":10,"dur":90,"name":"a_kernel_time","args":{"op_name":"Conv"}},
             {"cat":"Session","ts":200,"dur":100,"name":"model_run"},
             {"cat":"Node","ts":210,"dur":30,"name":"a_kernel_time","args":{"op_name":"Conv"}},
             {"cat":"Node","ts":250,"dur":4,"name":"b_kernel_time","args":{"op_name":"Relu"}},
             {"cat":"Node","ts":254,"dur":6,"name":"b_kernel_time","args":{"op_name":"Relu"}},
             {"cat":"Node","ts":255,"dur":9,"name":"b_fence_before","args":{"op_name":"Relu"}},
             {"cat":"Session","ts":400,"dur":100,"name":"model_run"},
             {"cat":"Node","ts":410,"dur":50,"name":"a_kernel_time","args":{"op_name":"Conv"}},
             {"cat":"Node","ts":470,"dur":10,"name":"b_kernel_time","args":{"op_name":"Relu"}}]
            """);

    assertThat(ProfileReader.read(file, 2))
        .containsExactly(
            new OpProfile.NodeTime("a", "Conv", 40, 0.8),
            new OpProfile.NodeTime("b", "Relu", 10, 0.2));
  }

  @Test
  void aModelThatDoesNotLoadHasNoProfile() {
    assertThatThrownBy(
            () -> OpProfile.measure(folder.resolve("none.onnx"), SETTINGS, Map.of(), 1, 1))
        .isInstanceOf(UserError.class);
  }

  @Test
  void theIdentityNamesVersionProviderAndProcessor() {
    RuntimeIdentity identity = RuntimeIdentity.ofThisJvm();

    assertThat(identity.name())
        .isEqualTo("onnxruntime-1.28.0/CPU/" + CpuClass.ofThisMachine().name());
  }

  @Test
  void versionsWithTelemetryAreRefusedUnlessItIsOff() {
    assertThatThrownBy(() -> OrtRuntime.checkVersion("1.29.0", Map.of()))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("its version is 1.29.0, must be 1.28.0; set")
        .hasMessageContaining("ORT_DISABLE_TELEMETRY=1");
    OrtRuntime.checkVersion("1.29.0", Map.of("ORT_DISABLE_TELEMETRY", "1"));
    OrtRuntime.checkVersion("1.28.0", Map.of());
    assertThatThrownBy(() -> OrtRuntime.checkVersion("2.0.1", Map.of()))
        .isInstanceOf(InfrastructureError.class);
  }

  private static BatchProbe.Throughput throughput(int batch, double millis) {
    return new BatchProbe.Throughput(batch, new Quartiles(millis, millis, millis, 1));
  }
}
