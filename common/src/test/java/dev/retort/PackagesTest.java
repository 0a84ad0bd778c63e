package dev.retort;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every package says what it is for and what it may import. */
class PackagesTest {
  @Test
  void everyPackageIsDocumented() throws IOException {
    Path root = Path.of(System.getProperty("retort.root"));
    for (String module : List.of("common", "jobs")) {
      try (Stream<Path> files = Files.walk(root.resolve(module).resolve("src/main/java"))) {
        List<Path> undocumented =
            files
                .filter(file -> file.toString().endsWith(".java"))
                .map(Path::getParent)
                .distinct()
                .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
                .toList();
        assertThat(undocumented).isEmpty();
      }
    }
  }
}
