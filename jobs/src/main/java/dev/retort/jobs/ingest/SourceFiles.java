package dev.retort.jobs.ingest;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UserError;
import dev.retort.jobs.run.FileSystems;
import dev.retort.jobs.run.Json;
import dev.retort.provenance.Sha256;
import dev.retort.recipe.DataSettings;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files of a source: what ingest's result depends on.
 *
 * @param files sorted by path
 */
public record SourceFiles(List<SourceFile> files) {
  /** The option of an IDX source that names the file of the labels. */
  static final String LABELS = "labels";

  /**
   * A file as its system lists it.
   *
   * @param path the absolute URI
   * @param version the ETag where the file system has one, otherwise the time of modification; of a
   *     file of this machine also the time of change, which no tool that copies times can set
   */
  public record SourceFile(String path, long lengthBytes, String version) {}

  public SourceFiles {
    files = files.stream().sorted(Comparator.comparing(SourceFile::path)).toList();
  }

  /**
   * Lists the file, folder or glob pattern of {@code request}'s source; names that begin with
   * {@code _} or a dot are left out, as Spark does.
   *
   * @throws UserError if there is no file (exit 3), or no file system for the scheme (exit 2)
   */
  public static SourceFiles of(IngestRequest request, Configuration configuration) {
    DataSettings.Source source = request.source();
    Path path = new Path(source.path());
    List<SourceFile> files = new ArrayList<>();
    try {
      FileSystem fileSystem = FileSystems.open("list", path, configuration);
      FileStatus[] roots = fileSystem.globStatus(path);
      for (FileStatus root : roots == null ? new FileStatus[0] : roots) {
        addAll(fileSystem, root.getPath(), files);
      }
      if (source.format() == DataSettings.Format.IDX && files.size() == 1) {
        Path labels = new Path(source.options().getOrDefault(LABELS, labelsOf(source.path())));
        if (!labels.equals(path) && fileSystem.exists(labels)) {
          addAll(fileSystem, labels, files);
        }
      }
    } catch (FileNotFoundException e) {
      throw missing(request, e);
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot list %s: %s; check that it can be reached".formatted(path, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw missing(request, e);
    }
    if (files.isEmpty()) {
      throw missing(request, null);
    }
    return new SourceFiles(files);
  }

  /** The labels that belong to IDX images, by the names that MNIST uses. */
  static String labelsOf(String images) {
    int name = images.lastIndexOf('/') + 1;
    return images.substring(0, name)
        + images.substring(name).replace("images", "labels").replace("idx3", "idx1");
  }

  /** The input of ingest's fingerprint. */
  public Sha256 identity() {
    return Sha256.of(Json.bytes(this));
  }

  public long lengthBytes() {
    return files.stream().mapToLong(SourceFile::lengthBytes).sum();
  }

  private static void addAll(FileSystem fileSystem, Path root, List<SourceFile> files)
      throws IOException {
    RemoteIterator<LocatedFileStatus> found = fileSystem.listFiles(root, true);
    while (found.hasNext()) {
      LocatedFileStatus status = found.next();
      if (!isHidden(root, status.getPath())) {
        Path path = fileSystem.makeQualified(status.getPath());
        files.add(new SourceFile(path.toString(), status.getLen(), version(status, path.toUri())));
      }
    }
  }

  private static boolean isHidden(Path root, Path file) {
    for (Path part = file; part != null && !part.equals(root); part = part.getParent()) {
      if (part.getName().startsWith("_") || part.getName().startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static String version(FileStatus status, URI file) throws IOException {
    String etag = status instanceof EtagSource source ? source.getEtag() : null;
    if (etag != null) {
      return etag;
    }
    String modified = Long.toString(status.getModificationTime());
    return file.getScheme().equals("file")
        ? modified + "/" + Files.getAttribute(java.nio.file.Path.of(file), "unix:ctime")
        : modified;
  }

  private static UserError missing(IngestRequest request, Exception cause) {
    return UserError.input(
        "Cannot read data: data.%s.path is %s, must be a file or a folder with files; check the path"
            .formatted(request.name(), request.source().path()),
        cause);
  }
}
