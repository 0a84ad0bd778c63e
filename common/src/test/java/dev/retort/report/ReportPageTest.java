package dev.retort.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReportPageTest {
  private static final String PAGE = ReportPage.render(SampleReport.data());

  @Test
  void thePageOpensWithTheResultInASentence() throws IOException {
    Path folder = Path.of(System.getProperty("retort.root"), "common", "target");
    Files.writeString(folder.resolve("sample-report.html"), PAGE);
    assertThat(PAGE)
        .contains(
            "<h1>fashion-resnet is 3.76 times smaller and 2.84 times faster, for 0.07 points of"
                + " accuracy.</h1>");
  }
}
