package dev.retort.jobs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.IVersionProvider;

/** What this build is made of. */
final class Versions implements IVersionProvider {
  private static final String FILE = "version.properties";

  @Override
  public String[] getVersion() {
    SortedMap<String, String> versions = all();
    return new String[] {
      "retort " + versions.get("version"),
      "Spark %s, ONNX Runtime %s, Java %s"
          .formatted(versions.get("spark"), versions.get("onnxruntime"), versions.get("java"))
    };
  }

  /** The version of each part, by its name. */
  static SortedMap<String, String> all() {
    Properties built = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream(FILE)) {
      built.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SortedMap<String, String> versions = new TreeMap<>();
    built.stringPropertyNames().forEach(name -> versions.put(name, built.getProperty(name)));
    versions.put("java", System.getProperty("java.version"));
    return versions;
  }
}
