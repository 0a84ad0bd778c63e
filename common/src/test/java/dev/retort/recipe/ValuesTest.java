package dev.retort.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0 B,0,0 B",
    "512MB,512000000,512 MB",
    "2 GB,2000000000,2 GB",
    "1024 KiB,1048576,1 MiB",
    "3 GiB,3221225472,3 GiB",
    "1500 kB,1500000,1500 kB"
  })
  void byteSizesAreReadAndPrintedInTheLargestUnitThatFits(String text, long bytes, String printed) {
    ByteSize size = ByteSize.parse(text).orElseThrow();

    assertThat(size.bytes()).isEqualTo(bytes);
    assertThat(size).hasToString(printed);
    assertThat(ByteSize.parse(printed)).contains(size);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "12", "1.5 GB", "2 gb", "-1 MB", "9999999999 B"})
  void otherTextIsNoByteSize(String text) {
    assertThat(ByteSize.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "with space",
        "tab\there",
        "quote\"d",
        "back\\slash",
        "yes",
        "~",
        " x ",
        "é\u2028",
        "# no comment",
        "a: b",
        "\u0007",
        "-",
        "null"
      })
  void anyTextReadsBackAsItself(String text) {
    Map<String, Yaml> entries = new LinkedHashMap<>();
    entries.put("key", new Yaml.Scalar(text, false, ""));
    entries.put(text, new Yaml.Sequence(List.of(new Yaml.Scalar(text, false, "")), ""));

    String printed = YamlText.of(new Yaml.Mapping(entries, ""));
    Yaml.Mapping read = (Yaml.Mapping) YamlReader.read("test", printed);

    assertThat(((Yaml.Scalar) read.entries().get("key")).text()).isEqualTo(text);
    assertThat(read.entries().get(text).printed()).isEqualTo("[\"" + text + "\"]");
  }
}
