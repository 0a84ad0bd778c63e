package dev.retort.jobs.spark;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.logging.log4j.core.config.Configurator;

/** Makes Spark's logging follow {@code log4j2.properties} of the assembly, whoever started Java. */
public final class LogSettings {
  private static final String CHOSEN = "log4j2.configurationFile";
  private static final String CHOSEN_BY_LAUNCHER = "LOG4J_CONFIGURATION_FILE";
  private static final String OURS = "/log4j2.properties";

  private LogSettings() {}

  /** Does nothing where the user chose a configuration. */
  public static void apply() {
    if (System.getProperty(CHOSEN) == null && System.getenv(CHOSEN_BY_LAUNCHER) == null) {
      Configurator.reconfigure(ours());
    }
  }

  private static URI ours() {
    try {
      return LogSettings.class.getResource(OURS).toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the address of a resource is a URI", e);
    }
  }
}
