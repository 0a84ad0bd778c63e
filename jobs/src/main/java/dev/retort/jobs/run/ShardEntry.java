package dev.retort.jobs.run;

import dev.retort.provenance.Sha256;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where the result of one shard lies and what it is.
 *
 * @param file the data file's name in the stage's folder
 * @param rowGroup the row group of the file, from 0; 0 in files without
 * @param hash of the logical content, equal for every attempt
 * @param samples how many samples the shard has
 * @param facts a few more values by name, equal for every attempt
 */
public record ShardEntry(
    String file, int rowGroup, Sha256 hash, long samples, SortedMap<String, String> facts)
    implements Serializable {
  public ShardEntry {
    StoredFile.checkName(file);
    if (rowGroup < 0 || samples < 0) {
      throw new IllegalArgumentException(file + ": row group " + rowGroup + ", " + samples);
    }
    facts =
        Collections.unmodifiableSortedMap(facts == null ? new TreeMap<>() : new TreeMap<>(facts));
  }

  public static ShardEntry of(String file, int rowGroup, Sha256 hash, long samples) {
    return new ShardEntry(file, rowGroup, hash, samples, new TreeMap<>());
  }
}
