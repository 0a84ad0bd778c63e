package dev.retort.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The recipes of the repository, for tests, which do not run in its root. */
public final class ShippedRecipes {
  private static final Path ROOT = Path.of(System.getProperty("retort.root"));
  private static final Path FOLDER = ROOT.resolve("conf/recipes");

  private ShippedRecipes() {}

  /** Their file names. */
  public static List<String> names() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A copy in {@code folder} whose paths are absolute. */
  public static Path copy(String name, Path folder) {
    try {
      String text = Files.readString(FOLDER.resolve(name));
      return Files.writeString(
          folder.resolve(name), text.replaceAll("(?<=[ \\[])data/", ROOT.resolve("data") + "/"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
