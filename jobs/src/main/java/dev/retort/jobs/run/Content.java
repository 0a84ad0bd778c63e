package dev.retort.jobs.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a file of a result shall hold: bytes in memory, or a local file that is streamed. */
@FunctionalInterface
public interface Content {

  /** A new stream over the whole content. */
  InputStream open() throws IOException;

  static Content of(byte[] bytes) {
    return () -> new ByteArrayInputStream(bytes);
  }

  /** The UTF-8 bytes of {@code text}. */
  static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Content of(Path file) {
    return () -> Files.newInputStream(file);
  }
}
