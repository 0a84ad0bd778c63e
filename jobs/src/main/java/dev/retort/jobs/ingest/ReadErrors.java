package dev.retort.jobs.ingest;

import dev.retort.error.RetortException;
import dev.retort.error.UserError;
import dev.retort.recipe.DataSettings.Format;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.AnalysisException;

/** Tells failures of the source's files from those of the cluster and from our own. */
final class ReadErrors {
  private static final List<String> READER_PACKAGES =
      List.of("org.apache.parquet.", "org.apache.orc.", "com.github.luben.zstd.", "java.util.zip.");

  private ReadErrors() {}

  /** What to throw for {@code failure}: an error of ours, one about the source, or itself. */
  static RuntimeException explain(
      Exception failure, IngestRequest request, SourceFiles files, Configuration conf) {
    List<Throwable> causes = causes(failure);
    Optional<RetortException> known =
        causes.stream()
            .filter(RetortException.class::isInstance)
            .map(RetortException.class::cast)
            .findFirst();
    if (known.isPresent()) {
      return known.get();
    }
    if (TableFooter.isIn(request.source().format())) {
      Optional<UserError> broken = firstBroken(request.source().format(), files, conf);
      if (broken.isPresent()) {
        return broken.get();
      }
    }
    boolean ofSource =
        causes.stream().anyMatch(c -> c instanceof AnalysisException || isReaders(c));
    if (ofSource) {
      return unreadable(request, failure, causes);
    }
    return failure instanceof RuntimeException bug ? bug : new IllegalStateException(failure);
  }

  private static Optional<UserError> firstBroken(
      Format format, SourceFiles files, Configuration conf) {
    for (SourceFiles.SourceFile file : files.files()) {
      try {
        TableFooter.check(format, file.path(), conf);
      } catch (UserError e) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  private static boolean isReaders(Throwable cause) {
    boolean thrownThere =
        cause.getStackTrace().length > 0
            && READER_PACKAGES.stream()
                .anyMatch(cause.getStackTrace()[0].getClassName()::startsWith);
    return thrownThere
        || READER_PACKAGES.stream().anyMatch(cause.getClass().getName()::startsWith)
        || String.valueOf(cause.getMessage()).contains("Encountered error while reading file");
  }

  private static UserError unreadable(
      IngestRequest request, Exception failure, List<Throwable> causes) {
    Throwable deepest = causes.get(causes.size() - 1);
    return UserError.input(
        "Cannot read %s data in %s: %s; check the files and the format"
            .formatted(request.source().format(), request.source().path(), firstLine(deepest)),
        failure);
  }

  private static List<Throwable> causes(Throwable failure) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable t = failure; t != null && !causes.contains(t); t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName());
  }
}
