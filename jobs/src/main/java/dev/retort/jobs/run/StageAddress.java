package dev.retort.jobs.run;

import dev.retort.provenance.Sha256;
import java.io.Serializable;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Where the results of one stage lie: {@code <work>/store/<stage>/<fingerprint>/}. Serializable:
 * this is what goes to an executor, which opens it there.
 */
public record StageAddress(WorkRoot work, String stage, Sha256 fingerprint)
    implements Serializable {
  private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9-]*");
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");

  public StageAddress {
    if (!STAGE.matcher(stage).matches()) {
      throw new IllegalArgumentException("not a stage's name: \"" + stage + "\"");
    }
  }

  /**
   * Opens the stage's folder on this machine; its version was checked where the store was opened.
   */
  public StageStore open() {
    return new StageStore(this, work.files());
  }

  /** The address in one word, {@code <stage>.<fingerprint>}: a file name. */
  String key() {
    return stage + "." + fingerprint.hex();
  }

  /** From the store on: {@code <stage>/<fingerprint>}. */
  String path() {
    return stage + "/" + fingerprint.hex();
  }

  /** Whether folders of these names are a stage and a fingerprint. */
  static boolean isFolder(Path stage, Path fingerprint) {
    return STAGE.matcher(stage.getName()).matches()
        && FINGERPRINT.matcher(fingerprint.getName()).matches();
  }

  Path folder() {
    return new Path(new Path(Store.folder(work), stage), fingerprint.hex());
  }
}
