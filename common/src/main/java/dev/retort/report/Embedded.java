package dev.retort.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What stands inside of the page: style, scripts and the data of the chart. */
final class Embedded {
  /** Apache ECharts, the build with bars, tooltips and zoom. */
  private static final String ECHARTS =
      "/META-INF/resources/webjars/echarts/5.3.1/dist/echarts.common.min.js";

  private static final JsonMapper JSON = new JsonMapper();

  private Embedded() {}

  static String style() {
    return resource("report.css");
  }

  static String script() {
    return resource("report.js");
  }

  static String echarts() {
    return resource(ECHARTS);
  }

  /** The tensors as JSON that no browser takes for markup. */
  static String tensors(ReportData data) {
    List<Map<String, Object>> tensors =
        Stream.of(data.activations(), data.weights())
            .flatMap(List::stream)
            .map(Embedded::tensor)
            .toList();
    try {
      return JSON.writeValueAsString(tensors)
          .replace("&", "\\u0026")
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of numbers and text have a JSON form", e);
    }
  }

  private static Map<String, Object> tensor(TensorHistogram tensor) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", tensor.tensor());
    json.put("note", tensor.note());
    json.put("range", List.of(tensor.kept().min(), tensor.kept().max()));
    json.put("clipped", tensor.kept().clippedFraction());
    json.put("noise", Numbers.decibels(tensor.kept().signalToNoise()));
    json.put("zeros", tensor.zeroFraction());
    json.put("min", tensor.min());
    json.put("max", tensor.max());
    json.put("counts", tensor.counts());
    return json;
  }

  private static String resource(String name) {
    try (InputStream in = Embedded.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the class path lacks " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name + " from the class path", e);
    }
  }
}
