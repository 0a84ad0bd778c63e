package dev.retort.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.report.TimeProfile;
import dev.retort.runtime.OpProfile;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ProfileValuesTest {
  private static final OpProfile PROFILE =
      new OpProfile(
          1,
          20,
          List.of(
              new OpProfile.NodeTime("/layer/conv", "Conv", 50, 0.5),
              new OpProfile.NodeTime("gemm", "Gemm", 30, 0.3),
              new OpProfile.NodeTime("/stem/conv/with/slashes", "Conv", 20, 0.2)));

  @Test
  void aProfileComesBackFromTheMeasurementSlowestFirst() {
    Measurement measured = new Measurement("profile", new TreeMap<>(), ProfileValues.of(PROFILE));

    TimeProfile profile = ProfileValues.read("teacher", measured);

    assertThat(profile.model()).isEqualTo("teacher");
    assertThat(profile.operators())
        .containsExactly(
            new TimeProfile.Entry("Conv", "Conv", 2, 70, 0.7),
            new TimeProfile.Entry("Gemm", "Gemm", 1, 30, 0.3));
    assertThat(profile.nodes())
        .containsExactly(
            new TimeProfile.Entry("/layer/conv", "Conv", 1, 50, 0.5),
            new TimeProfile.Entry("gemm", "Gemm", 1, 30, 0.3),
            new TimeProfile.Entry("/stem/conv/with/slashes", "Conv", 1, 20, 0.2));
  }
}
