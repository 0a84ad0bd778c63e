package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.InfrastructureError;
import dev.retort.provenance.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
  @TempDir Path folder;

  @Test
  void aLocalFileIsUsedWhereItLies() throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), "a model");

    Path local =
        ModelFiles.local(file.toUri().toString(), Sha256.ofFile(file), new Configuration());

    assertThat(local).isEqualTo(file);
  }

  @Test
  void aFileOfAnotherFileSystemIsCopied() throws IOException {
    Path file = Files.writeString(folder.resolve("remote.onnx"), "a remote model");
    Configuration configuration = new Configuration();
    configuration.set("fs.other.impl", OtherFileSystem.class.getName());

    Path local =
        ModelFiles.local("other://" + file.toAbsolutePath(), Sha256.ofFile(file), configuration);

    assertThat(local).isNotEqualTo(file).hasContent("a remote model");
  }

  @Test
  void anotherFileUnderTheNameIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("changed.onnx"), "changed");

    assertThatThrownBy(
            () ->
                ModelFiles.local(
                    file.toUri().toString(), Sha256.of("original"), new Configuration()))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("must be " + Sha256.of("original"));
  }

  @Test
  void aMissingFileIsNamed() {
    String missing = folder.resolve("missing.onnx").toUri().toString();

    assertThatThrownBy(() -> ModelFiles.local(missing, Sha256.of("x"), new Configuration()))
        .isInstanceOf(InfrastructureError.class)
        .hasMessageContaining("missing.onnx");
  }

  /** The local file system under a scheme of its own. */
  public static final class OtherFileSystem extends org.apache.hadoop.fs.RawLocalFileSystem {
    @Override
    public java.net.URI getUri() {
      return java.net.URI.create("other:///");
    }

    @Override
    public String getScheme() {
      return "other";
    }
  }
}
