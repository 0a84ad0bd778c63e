package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedFilesTest {
  private static final Map<String, String> CLUSTER_MODE =
      Map.of("spark.submit.deployMode", "cluster");

  @TempDir private Path folder;

  @Test
  void aFileThatIsThereIsTakenAsItIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("r.yaml"), "here");
    Path shipped =
        Files.writeString(Files.createDirectory(folder.resolve("s")).resolve("r.yaml"), "");

    Path found =
        with(Map.of("spark.files", shipped.toUri().toString()), () -> local(file.toString()));

    assertThat(found).isEqualTo(file);
  }

  @Test
  void aFileThatIsNotThereIsFoundAmongTheShippedOnesByItsLastName() throws Exception {
    Path file = Files.writeString(folder.resolve("teacher.onnx"), "x");

    for (String property : new String[] {"spark.files", "spark.yarn.dist.files"}) {
      Path found =
          with(
              Map.of(property, "file:/other/one.yaml," + file.toUri()),
              () -> local("models/teacher.onnx"));

      assertThat(found).isEqualTo(file);
    }
  }

  @Test
  void aShippedFileMayHaveAnotherNameThanItsSource() throws Exception {
    Path file = Files.writeString(folder.resolve("v7.onnx"), "x");

    Path found =
        with(Map.of("spark.files", file.toUri() + "#teacher.onnx"), () -> local("teacher.onnx"));

    assertThat(found).isEqualTo(file);
  }

  @Test
  void filesThatHaveOneLastNameAreRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("model.onnx"), "x");

    assertThatThrownBy(
            () ->
                with(
                    Map.of("spark.files", file.toUri().toString()),
                    () -> ShippedFiles.local(List.of("a/model.onnx", "b/model.onnx"))))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "Cannot tell a/model.onnx and b/model.onnx apart: both are the shipped file %s, must"
                + " have two names;",
            file);
  }

  @Test
  void aUriOfAHadoopFileSystemIsFetched() throws Exception {
    Files.writeString(folder.resolve("r.yaml"), "remote");

    Path found =
        with(
            Map.of(
                "spark.hadoop.fs.viewfs.mounttable.remote.link./data", folder.toUri().toString()),
            () -> local("viewfs://remote/data/r.yaml"));

    assertThat(found)
        .hasFileName("r.yaml")
        .hasContent("remote")
        .isNotEqualTo(folder.resolve("r.yaml"));
  }

  @Test
  void aFileUriIsAPathOfThisMachine() throws Exception {
    Path file = Files.writeString(folder.resolve("r.yaml"), "x");

    assertThat(local("file:" + file)).isEqualTo(file);
    assertThat(local("file://" + file)).isEqualTo(file);
  }

  @Test
  void aRemoteFileThatIsNotThereIsTheUsersError() {
    assertThatThrownBy(() -> local("nosuch://host/r.yaml"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot fetch nosuch://host/r.yaml")
        .hasMessageContaining("on the class path");
  }

  @Test
  void inClientModeAMissingFileIsLeftToItsReader() throws Exception {
    assertThat(local("no/such.yaml")).isEqualTo(Path.of("no/such.yaml"));
  }

  @Test
  void inClusterModeAMissingFileSaysHowToShipIt() {
    assertThatThrownBy(() -> with(CLUSTER_MODE, () -> local("no/such.yaml")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot find no/such.yaml: the driver runs in cluster mode")
        .hasMessageContaining("ship it with --files");
  }

  @Test
  void aDriverInAContainerOfKubernetesIsInTheCluster() throws Exception {
    DeployMode mode =
        with(
            Map.of("spark.submit.deployMode", "client", "spark.kubernetes.submitInDriver", "true"),
            DeployMode::ofThisProcess);

    assertThat(mode).isEqualTo(DeployMode.CLUSTER);
    assertThat(DeployMode.ofThisProcess()).isEqualTo(DeployMode.CLIENT);
  }

  private static Path local(String named) {
    return ShippedFiles.local(named);
  }

  private static <T> T with(Map<String, String> properties, Callable<T> body) throws Exception {
    properties.forEach(System::setProperty);
    try {
      return body.call();
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
  }
}
