package dev.retort.graph.onnx;

import dev.retort.tensor.TensorData;
import java.io.InputStream;
import java.util.List;

/**
 * A file of an encoded model, whose content is streamed from where the weights are. Immutable; the
 * files that weights lie in must not change.
 */
public final class EncodedFile {
  private final String name;
  private final List<TensorData> pieces;

  EncodedFile(String name, List<TensorData> pieces) {
    this.name = name;
    this.pieces = List.copyOf(pieces);
  }

  /** What the file must be called, since a model names the file of its weights. */
  public String name() {
    return name;
  }

  public long byteLength() {
    return pieces.stream().mapToLong(TensorData::byteLength).sum();
  }

  /** A new stream over the content, which the caller closes. */
  public InputStream open() {
    return new PieceStream(pieces);
  }

  /** What the content is the concatenation of; no strings. */
  List<TensorData> pieces() {
    return pieces;
  }
}
