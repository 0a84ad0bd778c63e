package dev.retort.jobs.run;

import java.util.regex.Pattern;

/** Names of the files in a stage's folder; each holds its attempt, so no two attempts share one. */
final class StoreNames {
  private static final String ATTEMPT = "[0-9a-f]{11}-[0-9a-f]{16}";
  private static final String MANIFEST = ".manifest";
  private static final String VOID = "void-";
  private static final Pattern CHUNK =
      Pattern.compile("p\\d{5}-s\\d{9}-" + ATTEMPT + "\\.manifest");
  private static final Pattern RESULT = Pattern.compile("result-" + ATTEMPT + "\\.manifest");

  private StoreNames() {}

  static String chunk(int part, int firstShard, Attempt attempt) {
    return "p%05d-s%09d-%s".formatted(part, firstShard, attempt);
  }

  static String chunkManifest(ChunkManifest chunk) {
    return chunk(chunk.part(), chunk.firstShard(), chunk.attempt()) + MANIFEST;
  }

  static String chunkData(int part, int firstShard, Attempt attempt, String suffix) {
    String name = chunk(part, firstShard, attempt) + "." + suffix;
    StoredFile.checkName(name);
    if (isManifest(name)) {
      throw new IllegalArgumentException(
          "the suffix of manifests cannot be one of data: " + suffix);
    }
    return name;
  }

  static String resultManifest(Attempt attempt) {
    return "result-" + attempt + MANIFEST;
  }

  static String resultFile(Attempt attempt, String name) {
    StoredFile.checkName(name);
    return "result-" + attempt + "-" + name;
  }

  /** The mark beside a manifest whose data turned out to be corrupt. */
  static String voidMark(String manifest) {
    return VOID + manifest;
  }

  static boolean isManifest(String name) {
    return isChunkManifest(name) || isResultManifest(name);
  }

  static boolean isChunkManifest(String name) {
    return CHUNK.matcher(name).matches();
  }

  static boolean isResultManifest(String name) {
    return RESULT.matcher(name).matches();
  }
}
