package dev.retort.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopSettingsTest {
  private static final String PROPERTY = "spark.hadoop.fs.odd.endpoint";

  @AfterEach
  void forget() {
    System.clearProperty(PROPERTY);
  }

  @Test
  void settingsOfSparkReachHadoopBeforeSparkStarts() {
    System.setProperty(PROPERTY, "127.0.0.1:9000");

    assertThat(HadoopSettings.ofThisProcess().get("fs.odd.endpoint")).isEqualTo("127.0.0.1:9000");
  }

  @Test
  void defaultsOfAnInstallationAreTakenWhereNothingElseIsSet(@TempDir Path folder)
      throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("spark-defaults.conf"),
            "# defaults\nspark.hadoop.a  one \nspark.hadoop.b=two\nother.c three\n");
    SparkConf conf = new SparkConf(false).set("spark.hadoop.b", "mine");

    HadoopSettings.addDefaults(file, conf);

    assertThat(conf.get("spark.hadoop.a")).isEqualTo("one");
    assertThat(conf.get("spark.hadoop.b")).isEqualTo("mine");
    assertThat(conf.contains("other.c")).isFalse();
  }

  @Test
  void defaultsThatCannotBeReadChangeNothing(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("spark-defaults.conf"), new byte[] {(byte) 0xff, 'a'});
    SparkConf conf = new SparkConf(false);

    HadoopSettings.addDefaults(file, conf);

    assertThat(conf.getAll()).isEmpty();
  }
}
