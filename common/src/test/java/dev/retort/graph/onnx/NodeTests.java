package dev.retort.graph.onnx;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * ONNX's own backend tests, which the README beside the resource describes. The suite {@code node}
 * has one test for each variant of each operator.
 */
public final class NodeTests {
  private static final String RESOURCE = "/onnx/node-tests.zip";

  private NodeTests() {}

  /** One test: a model, and the first data set for it. */
  public static final class NodeTest {
    private final String suite;
    private final String name;
    private final byte[] model;
    private final List<byte[]> inputs;
    private final List<byte[]> outputs;

    private NodeTest(
        String suite, String name, byte[] model, List<byte[]> inputs, List<byte[]> outputs) {
      this.suite = suite;
      this.name = name;
      this.model = model;
      this.inputs = inputs;
      this.outputs = outputs;
    }

    /** {@code node}, {@code pytorch-converted}, {@code pytorch-operator} or {@code simple}. */
    public String suite() {
      return suite;
    }

    public String name() {
      return name;
    }

    /** The file {@code model.onnx}. */
    public byte[] model() {
      return model.clone();
    }

    /** Encoded values, in the order of the graph's inputs. */
    public List<byte[]> inputs() {
      return inputs;
    }

    /** What the inputs should give, in the order of the graph's outputs. */
    public List<byte[]> outputs() {
      return outputs;
    }

    @Override
    public String toString() {
      return suite + "/" + name;
    }
  }

  /** The tests of a suite, by name. */
  public static List<NodeTest> suite(String suite) {
    return all().stream().filter(test -> test.suite().equals(suite)).toList();
  }

  /** All tests, by suite and name. */
  public static List<NodeTest> all() {
    Map<String, Map<String, byte[]>> folders = new TreeMap<>();
    try (InputStream resource = NodeTests.class.getResourceAsStream(RESOURCE);
        ZipInputStream zip = new ZipInputStream(resource)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String[] path = entry.getName().split("/", 3);
        folders
            .computeIfAbsent(path[0] + "/" + path[1], folder -> new LinkedHashMap<>())
            .put(path[2], zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folders.entrySet().stream().map(e -> test(e.getKey(), e.getValue())).toList();
  }

  private static NodeTest test(String folder, Map<String, byte[]> files) {
    String[] path = folder.split("/", 2);
    return new NodeTest(
        path[0],
        path[1],
        files.get("model.onnx"),
        values(files, "test_data_set_0/input_"),
        values(files, "test_data_set_0/output_"));
  }

  private static List<byte[]> values(Map<String, byte[]> files, String prefix) {
    List<byte[]> values = new ArrayList<>();
    while (files.containsKey(prefix + values.size() + ".pb")) {
      values.add(files.get(prefix + values.size() + ".pb"));
    }
    return values;
  }
}
