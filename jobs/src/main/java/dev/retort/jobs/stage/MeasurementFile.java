package dev.retort.jobs.stage;

import dev.retort.error.UserError;
import dev.retort.jobs.run.Json;
import dev.retort.jobs.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code measurements.json}: what a run timed, for its own repetition and for {@code
 * --measurements}.
 */
record MeasurementFile(List<Measurement> measurements) {
  MeasurementFile {
    measurements = List.copyOf(measurements);
  }

  /** What need not be measured: what the user replays, then what the run had measured before. */
  static List<Measurement> known(PipelineRequest request, RunDirectory directory) {
    List<Measurement> known = new ArrayList<>();
    directory
        .json(RunDirectory.MEASUREMENTS, MeasurementFile.class)
        .ifPresent(file -> known.addAll(file.measurements()));
    request.measurements().ifPresent(file -> known.addAll(read(file).measurements()));
    return known;
  }

  private static MeasurementFile read(Path file) {
    try {
      return Json.read(Files.readString(file), MeasurementFile.class, file.toString());
    } catch (IOException e) {
      throw UserError.usage(
          "Cannot replay measurements: --measurements is %s, must be a readable measurements.json of a run"
              .formatted(file),
          e);
    }
  }
}
