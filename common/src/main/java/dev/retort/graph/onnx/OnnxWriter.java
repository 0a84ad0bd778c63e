package dev.retort.graph.onnx;

import dev.retort.error.InfrastructureError;
import dev.retort.error.UnsupportedModelError;
import dev.retort.error.UserError;
import dev.retort.graph.Attribute;
import dev.retort.graph.Graph;
import dev.retort.graph.Model;
import dev.retort.graph.Node;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes ONNX models; equal models give equal bytes. Weights are streamed from where they are and
 * never copied to the heap.
 */
public final class OnnxWriter {
  /** A model with more bytes of tensors than this is written with external data. */
  public static final long INLINE_LIMIT_BYTES = 1_500_000_000L;

  private OnnxWriter() {}

  /**
   * Writes {@code model} to {@code file}, and the weights to {@code <file>.data} beside it where
   * they exceed {@link #INLINE_LIMIT_BYTES}. Each file appears whole or not at all, the weights
   * first; an existing file is replaced.
   *
   * @throws UserError if the model's own weights lie in a file that would be replaced
   * @throws InfrastructureError if the disk is full or the folder cannot be written
   */
  public static void write(Model model, Path file) {
    write(model, file, INLINE_LIMIT_BYTES);
  }

  /** As {@link #write(Model, Path)}, with another limit. */
  static void write(Model model, Path file, long inlineLimitBytes) {
    List<EncodedFile> encoded = encode(model, file.getFileName().toString(), inlineLimitBytes);
    encoded.forEach(each -> requireNotRead(model, file.resolveSibling(each.name())));
    try {
      for (int i = encoded.size() - 1; i >= 0; i--) {
        write(encoded.get(i).pieces(), file.resolveSibling(encoded.get(i).name()));
      }
    } catch (IOException e) {
      throw new InfrastructureError(
          "Cannot write model to %s: %s; free space or choose another folder".formatted(file, e),
          e);
    }
  }

  /**
   * The files that {@link #write} would write for a model called {@code name}: the model, and
   * {@code <name>.data} with its weights where they exceed {@link #INLINE_LIMIT_BYTES}. Their
   * contents are streamed.
   */
  public static List<EncodedFile> encode(Model model, String name) {
    return encode(model, name, INLINE_LIMIT_BYTES);
  }

  /** As {@link #encode(Model, String)}, with another limit. */
  public static List<EncodedFile> encode(Model model, String name, long inlineLimitBytes) {
    if (tensorBytes(model.graph()) <= inlineLimitBytes) {
      return List.of(new EncodedFile(name, pieces(model, Placement.inline())));
    }
    ExternalFile beside = new ExternalFile(name + ".data");
    List<TensorData> pieces = pieces(model, Placement.beside(beside));
    return List.of(new EncodedFile(name, pieces), beside.encoded());
  }

  /**
   * The bytes of {@code model}, all weights in them.
   *
   * @throws UnsupportedModelError if they would be more than 2 GB
   */
  public static byte[] toBytes(Model model) {
    long bytes = tensorBytes(model.graph());
    if (bytes > INLINE_LIMIT_BYTES) {
      throw new UnsupportedModelError(
          "Cannot hold model '%s' in memory: its tensors have %d bytes, must be at most %d;"
                  .formatted(model.graph().name(), bytes, INLINE_LIMIT_BYTES)
              + " write it to a file");
    }
    List<TensorData> pieces = pieces(model, Placement.inline());
    long size = pieces.stream().mapToLong(TensorData::byteLength).sum();
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size));
    pieces.forEach(piece -> all.put(bytes(piece)));
    return all.array();
  }

  private static ByteBuffer bytes(TensorData piece) {
    return piece instanceof TensorData.FileSlice slice
        ? slice.map()
        : ((TensorData.Inline) piece).bytes();
  }

  private static List<TensorData> pieces(Model model, Placement placement) {
    byte[] skeleton = ModelCodec.encode(model, placement).toByteArray();
    return DataJoiner.join(skeleton, placement.inside());
  }

  /** Writes a temporary file and puts it in the place of {@code file}. */
  private static void write(List<TensorData> pieces, Path file) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel out =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        DataCopy copy = new DataCopy(out);
        long offset = 0;
        for (TensorData piece : pieces) {
          copy.write(piece, offset);
          offset += piece.byteLength();
        }
        copy.extendTo(offset);
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static long tensorBytes(Graph graph) {
    return tensors(graph).mapToLong(Tensor::byteLength).sum();
  }

  private static Stream<Tensor> tensors(Graph graph) {
    return Stream.concat(
        graph.initializers().values().stream(),
        graph.nodes().stream().flatMap(OnnxWriter::tensors));
  }

  private static Stream<Tensor> tensors(Node node) {
    Stream<Tensor> own =
        node.attributes().values().stream()
            .flatMap(
                attribute ->
                    attribute instanceof Attribute.Constant c
                        ? Stream.of(c.value())
                        : attribute instanceof Attribute.Constants cs
                            ? cs.values().stream()
                            : Stream.empty());
    return Stream.concat(own, node.subGraphs().stream().flatMap(OnnxWriter::tensors));
  }

  /** Weights that are mapped lazily would change under a model that is still in use. */
  private static void requireNotRead(Model model, Path file) {
    boolean read =
        tensors(model.graph())
            .anyMatch(
                tensor ->
                    tensor.data() instanceof TensorData.FileSlice slice
                        && isSame(slice.file(), file));
    if (read) {
      throw UserError.input(
          "Cannot write model to %s: its weights are read from there; choose another name"
              .formatted(file));
    }
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new InfrastructureError("Cannot compare %s and %s: %s".formatted(one, other, e), e);
    }
  }
}
