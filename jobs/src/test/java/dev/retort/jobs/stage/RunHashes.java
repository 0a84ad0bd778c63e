package dev.retort.jobs.stage;

import dev.retort.jobs.run.RunDirectory;
import dev.retort.jobs.run.RunId;
import dev.retort.jobs.run.WorkRoot;
import dev.retort.provenance.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/** The results of a run that must have the same bits however it was computed. */
final class RunHashes {
  private RunHashes() {}

  /**
   * Every shard's hash in the store by stage and fingerprint, and the hash of every model, plan and
   * table of statistics by its path in the run directory. The work root has no other run.
   */
  static SortedMap<String, String> of(WorkRoot work, String runId) throws IOException {
    SortedMap<String, String> hashes = new TreeMap<>(StoreHashes.of(work));
    RunDirectory directory = RunDirectory.of(work, new RunId(runId));
    FileSystem files = FileSystem.get(work.uri(), work.hadoop());
    RemoteIterator<LocatedFileStatus> found = files.listFiles(directory.path("steps"), true);
    while (found.hasNext()) {
      Path file = found.next().getPath();
      String path = file.toString().replaceFirst(".*/steps/", "steps/");
      byte[] bytes =
          directory.read(path).orElseThrow(() -> new FileNotFoundException(file.toString()));
      hashes.put(path, Sha256.of(bytes).hex());
    }
    return hashes;
  }

  /** What of several runs' results differs between them, by the kinds that a reader looks for. */
  static SortedMap<String, Integer> kinds(Collection<SortedMap<String, String>> runs) {
    Map<String, String> patterns =
        Map.of(
            "labels", "label/.*",
            "statistics", "calibrate/.*|.*/statistics/.*",
            "plans", ".*/plan[.]json",
            "models", ".*/model[.]onnx",
            "data", "(ingest|subset)/.*");
    SortedMap<String, Integer> distinct = new TreeMap<>();
    patterns.forEach(
        (kind, pattern) -> {
          Set<Map<String, String>> results =
              runs.stream().map(run -> matching(run, pattern)).collect(Collectors.toSet());
          if (!results.equals(Set.of(Map.of()))) {
            distinct.put(kind, results.size());
          }
        });
    return distinct;
  }

  private static Map<String, String> matching(SortedMap<String, String> run, String pattern) {
    return run.entrySet().stream()
        .filter(entry -> entry.getKey().matches(pattern))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
