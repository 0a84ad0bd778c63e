package dev.retort.graph.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits an encoded model into a small skeleton, which protobuf may decode on the heap, and views
 * of the data of its tensors, which stay where they are. In the skeleton each {@code raw_data} is
 * the index of its view, as {@link #reference} encodes it. {@link DataJoiner} is the inverse.
 */
final class DataSplitter {
  private final List<ByteBuffer> data = new ArrayList<>();

  private DataSplitter() {}

  /**
   * An encoded model without its data.
   *
   * @param skeleton the model with references in the place of data
   * @param data what they refer to
   */
  record Split(ByteBuffer skeleton, List<ByteBuffer> data) {
    Split {
      data = List.copyOf(data);
    }
  }

  /**
   * Splits {@code model}.
   *
   * @throws WireFields.Malformed if it is no protobuf message
   */
  static Split split(ByteBuffer model) {
    DataSplitter splitter = new DataSplitter();
    byte[] skeleton = splitter.split(model.slice(), WireMessage.MODEL, 0);
    return new Split(ByteBuffer.wrap(skeleton), splitter.data);
  }

  /** A reference to data number {@code index}. */
  static byte[] reference(int index) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(index).array();
  }

  /** The index in {@code reference}. */
  static int index(ByteBuffer reference) {
    return reference.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
  }

  private byte[] split(ByteBuffer message, WireMessage kind, int depth) {
    if (kind == WireMessage.DATA) {
      data.add(message);
      return reference(data.size() - 1);
    }
    if (depth > OnnxReader.DEEPEST) {
      throw new WireFields.Malformed("graphs nested deeper than " + OnnxReader.DEEPEST);
    }
    ByteArrayOutputStream skeleton = new ByteArrayOutputStream();
    WireFields fields = new WireFields(message);
    while (fields.next()) {
      Optional<WireMessage> inner = fields.inner(kind);
      if (inner.isPresent()) {
        byte[] content = split(fields.value(), inner.get(), depth + 1);
        skeleton.writeBytes(bytes(WireFields.header(fields.number(), content.length)));
        skeleton.writeBytes(content);
      } else {
        skeleton.writeBytes(bytes(fields.whole()));
      }
    }
    return skeleton.toByteArray();
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
