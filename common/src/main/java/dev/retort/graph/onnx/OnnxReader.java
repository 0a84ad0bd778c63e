package dev.retort.graph.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.retort.graph.Model;
import dev.retort.graph.onnx.proto.ModelProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Reads ONNX models. The file is mapped and weights are views of the mapping, so they never lie on
 * the heap (typed fields such as {@code float_data}, which no current exporter writes, are copied
 * out of it); weights in external files are regions of those. A file must not be changed in place
 * while a model read from it is in use; replacing it is safe.
 *
 * <p>All methods throw {@link dev.retort.error.UserError} (exit 3) for what is no valid ONNX file
 * and {@link dev.retort.error.UnsupportedModelError} for valid parts of the format that Retort
 * cannot hold: tensors in segments, element types that it does not know, strings that are no UTF-8.
 * Nothing here checks that the graph makes sense; {@code graph.shape} does.
 */
public final class OnnxReader {
  /** How deep messages may be nested, as in protobuf's own readers. */
  static final int DEEPEST = 100;

  private OnnxReader() {}

  /** Reads and normalises the model in {@code file}, as {@link Normalization} says. */
  public static Model read(Path file) {
    Source source = source(file);
    return Normalization.normalize(source, decode(source, map(source, file)));
  }

  /** Reads the model in {@code file} without changing it. */
  public static Model readAsIs(Path file) {
    Source source = source(file);
    return decode(source, map(source, file));
  }

  /**
   * Reads and normalises the model in {@code bytes}; a direct buffer is not copied and must not
   * change afterwards. External data is looked up in {@code folder}.
   */
  public static Model parse(ByteBuffer bytes, Path folder) {
    return Normalization.normalize(inMemory(folder), parseAsIs(bytes, folder));
  }

  /** As {@link #parse}, without normalising. */
  public static Model parseAsIs(ByteBuffer bytes, Path folder) {
    return decode(inMemory(folder), bytes);
  }

  private static Source inMemory(Path folder) {
    return new Source("in memory", Optional.of(folder), List.of());
  }

  private static Source source(Path file) {
    return new Source(
        file.toString(), Optional.ofNullable(file.toAbsolutePath().getParent()), List.of());
  }

  private static ByteBuffer map(Source source, Path file) {
    if (!Files.isRegularFile(file)) {
      throw source.refuse("there is no such file; check the path");
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw source.refuse(
            "it has %d bytes, must be less than 2 GB; save its weights as external data"
                .formatted(channel.size()));
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw source.refuse(
          "the file cannot be opened (%s); check its permissions".formatted(e.getMessage()), e);
    }
  }

  private static Model decode(Source source, ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      throw source.refuse("it is empty, must be an ONNX model; export it again");
    }
    DataSplitter.Split split;
    ModelProto proto;
    try {
      split = DataSplitter.split(bytes);
      proto = ModelProto.parseFrom(split.skeleton());
    } catch (InvalidProtocolBufferException | WireFields.Malformed e) {
      throw source.refuse("it is no ONNX file, or truncated or damaged; export it again", e);
    }
    if (!proto.hasGraph() || proto.getGraph().getOutputCount() == 0) {
      throw source.refuse(
          "it has no graph with outputs, so it is no ONNX model or is truncated; export it again");
    }
    if (proto.getOpsetImportCount() == 0 && proto.getIrVersion() >= 3) {
      throw source.refuse("it states no operator set, so it may be truncated; export it again");
    }
    return ModelCodec.decode(source.withData(split.data()), proto);
  }
}
