package dev.retort.graph.onnx;

import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The file of external data that a model is written with: tensors in the order in which they are
 * added, each at a multiple of the page size so that a runtime can map it.
 */
final class ExternalFile {
  private static final long PAGE_BYTES = 4096;

  private final String location;
  private final List<Placed> placed = new ArrayList<>();
  private long end;

  private record Placed(TensorData data, long offset) {}

  /** Nothing yet, in the file {@code location}, which is relative to the model. */
  ExternalFile(String location) {
    this.location = location;
  }

  /** Adds {@code data} and says in {@code proto} where it is. */
  void add(TensorProto.Builder proto, TensorData data) {
    long offset = (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    end = offset + data.byteLength();
    placed.add(new Placed(data, offset));
    proto
        .setDataLocation(ExternalData.EXTERNAL)
        .addExternalData(entry(ExternalData.LOCATION, location))
        .addExternalData(entry(ExternalData.OFFSET, Long.toString(offset)))
        .addExternalData(entry(ExternalData.LENGTH, Long.toString(data.byteLength())));
  }

  /** Writes all data to the new file {@code file}. */
  void write(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      DataCopy copy = new DataCopy(out);
      for (Placed each : placed) {
        copy.write(each.data, each.offset);
      }
      copy.extendTo(end);
    }
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
