package dev.retort.jobs.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.error.ExitCode;
import dev.retort.error.LeaseHeldError;
import dev.retort.error.RetortException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.ReadOnlyFileSystemException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.util.DiskChecker.DiskOutOfSpaceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageErrorsTest {
  private static final Path REMOTE = new Path("hdfs://host/work/store/x");

  @TempDir java.nio.file.Path folder;

  @Test
  void aFullDiskIsOfTheInfrastructureAndAsksForSpace() {
    assertFull(new IOException("No space left on device"));
    assertFull(FullDisk.localError());
    assertFull(new IOException("Disk quota exceeded"));
    assertFull(new DiskOutOfSpaceException("Out of space: The volume has 0 bytes"));
    assertFull(
        new RemoteException(
            "org.apache.hadoop.hdfs.protocol.DSQuotaExceededException", "The quota is used up"));
  }

  @Test
  void aFailureInAnotherLanguageIsOfTheInfrastructureToo() {
    IOException german = new IOException("Auf dem Gerät ist kein Speicherplatz mehr verfügbar");

    RetortException error = StorageErrors.writing("write", here("new"), german);

    assertThat(error.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE);
    assertThat(error)
        .hasMessageStartingWith("Cannot write file:" + folder.resolve("new") + ": Auf dem Gerät")
        .hasMessageEndingWith("repeat the command, which goes on from what is committed");
  }

  @Test
  void aRefusalIsTheUsersWhateverTheLanguage() throws IOException {
    java.nio.file.Path file = Files.createFile(folder.resolve("file"));
    Path below = new Path(file.resolve("work").toUri());

    assertRefused(new FileNotFoundException("/x (Permission denied)"), REMOTE);
    assertRefused(new AccessDeniedException("/x"), REMOTE);
    assertRefused(new ReadOnlyFileSystemException(), REMOTE);
    assertRefused(new IOException("org.apache.hadoop.security.AccessControlException: no"), REMOTE);
    assertRefused(new FileNotFoundException("/x (Ist kein Verzeichnis)"), below);
  }

  @Test
  void whatMayNotBeReadIsNotCalledUnwritable() {
    RetortException error =
        StorageErrors.reading("read", REMOTE, new IOException("Permission denied"));

    assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(error)
        .hasMessageStartingWith(
            "Cannot read " + REMOTE + ": it is not readable (Permission denied)")
        .hasMessageEndingWith("change its rights or give --work another URI");
  }

  @Test
  void anUnknownHostIsToldByItsRemedy() {
    RetortException error =
        StorageErrors.reading("list", REMOTE, new IOException(new UnknownHostException("host")));

    assertThat(error.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE);
    assertThat(error).hasMessageEndingWith("; check the host in --work");
  }

  @Test
  void anErrorThatIsOursAlreadyStaysAsItIs() {
    LeaseHeldError held = new LeaseHeldError("held");

    assertThat(StorageErrors.writing("write", REMOTE, held)).isSameAs(held);
    assertThat(StorageErrors.reading("read", REMOTE, held)).isSameAs(held);
  }

  private static void assertFull(Throwable cause) {
    RetortException error = StorageErrors.writing("write", REMOTE, cause);

    assertThat(error.exitCode()).isEqualTo(ExitCode.INFRASTRUCTURE);
    assertThat(error)
        .hasMessage(
            "Cannot write %s: the disk or quota is full; free space and repeat the command, which goes on from what is committed",
            REMOTE)
        .hasCause(cause);
  }

  private static void assertRefused(Throwable cause, Path path) {
    RetortException error = StorageErrors.writing("write", path, cause);

    assertThat(error.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(error)
        .hasMessageStartingWith("Cannot write " + path + ": it is not writable (")
        .hasMessageEndingWith("change its rights or give --work another URI");
  }

  private Path here(String name) {
    return new Path(folder.resolve(name).toUri());
  }
}
