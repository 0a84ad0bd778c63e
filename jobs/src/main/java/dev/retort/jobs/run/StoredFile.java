package dev.retort.jobs.run;

import dev.retort.provenance.Sha256;
import java.io.Serializable;

/** A file of the store: its name in the stage's folder, its length and the digest of its bytes. */
public record StoredFile(String name, long lengthBytes, Sha256 sha256) implements Serializable {
  public StoredFile {
    checkName(name);
    if (lengthBytes < 0) {
      throw new IllegalArgumentException(name + " has length " + lengthBytes);
    }
  }

  static void checkName(String name) {
    if (name.isEmpty() || name.startsWith(".") || name.contains("/") || name.contains("\\")) {
      throw new IllegalArgumentException("not a plain file name: \"" + name + "\"");
    }
  }
}
