package dev.retort.jobs.stage;

import dev.retort.error.UserError;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.RunDirectory;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code measurements.json}: what a run timed, for its own repetition and for {@code
 * --measurements}.
 */
record MeasurementFile(List<Measurement> measurements) {
  MeasurementFile {
    measurements = List.copyOf(measurements);
  }

  /**
   * What the user replays.
   *
   * @throws UserError (exit 2) if {@code --measurements} cannot be read, (exit 3) if the file holds
   *     something else or lacks a value
   */
  static List<Measurement> replayed(PipelineRequest request) {
    return request.measurements().map(MeasurementFile::read).orElse(List.of());
  }

  /** What a run has measured before. */
  private static List<Measurement> of(RunDirectory directory) {
    return directory
        .json(RunDirectory.MEASUREMENTS, MeasurementFile.class)
        .map(
            file ->
                MeasurementCheck.check(
                    file.measurements(), directory.path(RunDirectory.MEASUREMENTS).toString()))
        .orElse(List.of());
  }

  /** What need not be measured: what the run has measured before, then what the user replays. */
  static List<Measurement> known(RunDirectory directory, List<Measurement> replayed) {
    return Stream.concat(of(directory).stream(), replayed.stream()).toList();
  }

  private static List<Measurement> read(Path file) {
    try {
      MeasurementFile read =
          Json.read(Files.readString(file), MeasurementFile.class, file.toString());
      return MeasurementCheck.check(read.measurements(), file.toString());
    } catch (CharacterCodingException e) {
      throw UserError.input(
          "Cannot use the measurements in %s: it is no UTF-8 text; give the measurements.json of a run"
              .formatted(file),
          e);
    } catch (IOException e) {
      throw UserError.usage(
          "Cannot replay measurements: --measurements is %s, must be a readable measurements.json of a run"
              .formatted(file),
          e);
    }
  }
}
