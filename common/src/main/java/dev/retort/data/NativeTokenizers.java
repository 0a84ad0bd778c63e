package dev.retort.data;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.retort.error.InfrastructureError;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Loads DJL's native library once a process. DJL copies it from the class path to a folder before
 * it loads it: a temporary one, which is removed at once, for executors may have no home. Nothing
 * is ever downloaded.
 */
final class NativeTokenizers {
  private static final String OFFLINE = "ai.djl.offline";
  private static final String FOLDER = "ENGINE_CACHE_DIR";
  private static boolean loaded;

  private NativeTokenizers() {}

  static synchronized TokenizersLibrary load() {
    if (!loaded) {
      System.setProperty(OFFLINE, "true");
      try {
        Path folder = Files.createTempDirectory("retort-tokenizers-");
        try {
          loadFrom(folder);
        } finally {
          remove(folder);
        }
      } catch (IOException | EngineException e) {
        throw new InfrastructureError(
            "Cannot load the native library of the tokenizers: %s; check the temporary folder %s, and that retort.jar is built for this platform"
                .formatted(e.getMessage(), System.getProperty("java.io.tmpdir")),
            e);
      }
      loaded = true;
    }
    return TokenizersLibrary.LIB;
  }

  private static void loadFrom(Path folder) {
    String before = System.setProperty(FOLDER, folder.toString());
    try {
      LibUtils.checkStatus();
    } finally {
      if (before == null) {
        System.clearProperty(FOLDER);
      } else {
        System.setProperty(FOLDER, before);
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
