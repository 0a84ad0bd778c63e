package dev.retort.graph.onnx;

import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.TensorData;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of external data that a model is written with: tensors in the order in which they are
 * added, each at a multiple of the page size so that a runtime can map it.
 */
final class ExternalFile {
  private static final long PAGE_BYTES = 4096;

  private final String location;
  private final List<TensorData> pieces = new ArrayList<>();
  private long end;

  /** Nothing yet, in the file {@code location}, which is relative to the model. */
  ExternalFile(String location) {
    this.location = location;
  }

  /** Adds {@code data} and says in {@code proto} where it is. */
  void add(TensorProto.Builder proto, TensorData data) {
    long offset = (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    pieces.add(new TensorData.Inline(ByteBuffer.allocate((int) (offset - end))));
    pieces.add(data);
    end = offset + data.byteLength();
    proto
        .setDataLocation(ExternalData.EXTERNAL)
        .addExternalData(entry(ExternalData.LOCATION, location))
        .addExternalData(entry(ExternalData.OFFSET, Long.toString(offset)))
        .addExternalData(entry(ExternalData.LENGTH, Long.toString(data.byteLength())));
  }

  /** The file with all that was added. */
  EncodedFile encoded() {
    return new EncodedFile(location, pieces);
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
