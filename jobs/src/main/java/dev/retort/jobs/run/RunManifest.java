package dev.retort.jobs.run;

import dev.retort.provenance.Sha256;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code manifest.json}: every file of a finished run with its digest, written last.
 *
 * @param version the format of the run directory
 * @param runId the run
 * @param files digests by path in the run directory
 * @param sha256 over the JSON of {@code files}: shows that the manifest is whole
 */
public record RunManifest(
    int version, String runId, SortedMap<String, Sha256> files, Sha256 sha256) {
  public RunManifest {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  static RunManifest of(RunId runId, SortedMap<String, Sha256> files) {
    return new RunManifest(FormatVersion.CURRENT, runId.name(), files, seal(files));
  }

  /** Whether the manifest is as this version wrote it. */
  boolean isWhole() {
    return version == FormatVersion.CURRENT && sha256.equals(seal(files));
  }

  private static Sha256 seal(SortedMap<String, Sha256> files) {
    return Sha256.of(Json.bytes(files));
  }
}
