package dev.retort.graph.onnx;

import dev.retort.tensor.TensorData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts data in the place of the references in a skeleton; the inverse of {@link DataSplitter}. */
final class DataJoiner {
  private final List<TensorData> data;

  private DataJoiner(List<TensorData> data) {
    this.data = data;
  }

  /**
   * The pieces whose concatenation is the encoded model; those from {@code data} are not copied.
   */
  static List<TensorData> join(byte[] skeleton, List<TensorData> data) {
    return new DataJoiner(data).join(ByteBuffer.wrap(skeleton), WireMessage.MODEL).pieces;
  }

  /** Consecutive bytes, and whether data is among them. */
  private static final class Joined {
    private final List<TensorData> pieces = new ArrayList<>();
    private long byteLength;
    private boolean hasData;

    private void add(TensorData piece) {
      pieces.add(piece);
      byteLength += piece.byteLength();
    }

    private void add(ByteBuffer bytes) {
      if (bytes.hasRemaining()) {
        add(new TensorData.Inline(bytes));
      }
    }

    private void addData(Joined joined) {
      pieces.addAll(joined.pieces);
      byteLength += joined.byteLength;
      hasData = true;
    }
  }

  private Joined join(ByteBuffer message, WireMessage kind) {
    Joined joined = new Joined();
    if (kind == WireMessage.DATA) {
      joined.add(data.get(DataSplitter.index(message)));
      joined.hasData = true;
      return joined;
    }
    WireFields fields = new WireFields(message);
    int copied = 0;
    while (fields.next()) {
      Optional<WireMessage> inner = fields.inner(kind);
      if (inner.isPresent()) {
        Joined content = join(fields.value(), inner.get());
        if (content.hasData) {
          joined.add(message.slice(copied, fields.start() - copied));
          joined.add(WireFields.header(fields.number(), content.byteLength));
          joined.addData(content);
          copied = fields.end();
        }
      }
    }
    joined.add(message.slice(copied, message.limit() - copied));
    return joined;
  }
}
