package dev.retort.graph.onnx;

import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * External data: the bytes of a tensor lie in another file, at {@code location} (relative to the
 * model's folder, and inside it even after symbolic links), {@code offset} and {@code length}.
 */
final class ExternalData {
  static final String LOCATION = "location";
  static final String OFFSET = "offset";
  static final String LENGTH = "length";

  /** The value of {@code TensorProto.data_location} that says that the bytes are elsewhere. */
  static final int EXTERNAL = 1;

  private ExternalData() {}

  static boolean isExternal(TensorProto tensor) {
    return tensor.getDataLocation() == EXTERNAL;
  }

  /** The region that {@code tensor}, of {@code byteLength} bytes, names; it exists. */
  static TensorData.FileSlice locate(Source source, TensorProto tensor, long byteLength) {
    String what = "external data of tensor '" + tensor.getName() + "'";
    Path file = file(source, what, entry(tensor, LOCATION, ""));
    long offset = number(source, what, OFFSET, entry(tensor, OFFSET, "0"));
    long length = number(source, what, LENGTH, entry(tensor, LENGTH, "" + byteLength));
    if (length != byteLength) {
      throw source.refuse(
          "%s has length %d, must be %d, as its dimensions say; export the model again"
              .formatted(what, length, byteLength));
    }
    long size = size(source, what, file);
    if (offset > size || length > size - offset) {
      throw source.refuse(
          "%s is bytes %d to %d of %s, which has %d; the file may be truncated; get a whole copy"
              .formatted(what, offset, offset + length, file.getFileName(), size));
    }
    return new TensorData.FileSlice(file, offset, length);
  }

  private static Path file(Source source, String what, String location) {
    Path folder =
        source
            .folder()
            .orElseThrow(
                () ->
                    source.refuse(
                        what
                            + " is in a file, but the model has no folder; read it from its file"));
    try {
      Path relative = Path.of(location);
      Path inside = folder.toAbsolutePath().normalize();
      Path named = inside.resolve(relative).normalize();
      if (location.isEmpty() || relative.isAbsolute() || !named.startsWith(inside)) {
        throw outside(source, what, location);
      }
      if (!Files.isRegularFile(named)) {
        throw source.refuse(
            "%s is in file '%s', which does not exist; put it beside the model"
                .formatted(what, location));
      }
      Path real = named.toRealPath();
      if (!real.startsWith(inside.toRealPath())) {
        throw outside(source, what, location);
      }
      return real;
    } catch (InvalidPathException | IOException e) {
      throw source.refuse(
          "%s has location '%s', which is no file; put its data beside the model"
              .formatted(what, location),
          e);
    }
  }

  private static RuntimeException outside(Source source, String what, String location) {
    return source.refuse(
        "%s has location '%s', must be a relative path inside the model's folder; put the file there and export the model again"
            .formatted(what, location));
  }

  private static String entry(TensorProto tensor, String key, String absent) {
    return tensor.getExternalDataList().stream()
        .filter(entry -> entry.getKey().equals(key))
        .map(StringStringEntryProto::getValue)
        .findFirst()
        .orElse(absent);
  }

  private static long number(Source source, String what, String key, String text) {
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw source.refuse(
          "%s has %s '%s', must be a number; export the model again".formatted(what, key, text), e);
    }
    throw source.refuse(
        "%s has %s %s, must be 0 or more; export the model again".formatted(what, key, text));
  }

  private static long size(Source source, String what, Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw source.refuse(
          "%s is in %s, which cannot be read; check its permissions".formatted(what, file), e);
    }
  }
}
