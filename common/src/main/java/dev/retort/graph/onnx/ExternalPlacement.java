package dev.retort.graph.onnx;

import dev.retort.graph.onnx.proto.StringStringEntryProto;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts tensors of 1 KB and more into one file beside the model, in the order of encoding, each at a
 * multiple of the page size so that a runtime can map it. Pages of zeros become holes.
 */
final class ExternalPlacement implements TensorPlacement {
  private static final long SMALLEST_BYTES = 1024;
  private static final long PAGE_BYTES = 4096;
  private static final int CHUNK_BYTES = 1 << 20;

  private final String location;
  private final List<Placed> placed = new ArrayList<>();
  private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private long end;

  private record Placed(Tensor tensor, long offset) {}

  /** Tensors go to the file {@code location}, relative to the model. */
  ExternalPlacement(String location) {
    this.location = location;
  }

  @Override
  public void place(TensorProto.Builder proto, Tensor tensor) {
    if (tensor.data() instanceof TensorData.Strings || tensor.byteLength() < SMALLEST_BYTES) {
      TensorCodec.encodeInline(proto, tensor);
      return;
    }
    long offset = (end + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    end = offset + tensor.byteLength();
    placed.add(new Placed(tensor, offset));
    TensorCodec.describe(proto, tensor);
    proto
        .setDataLocation(ExternalData.EXTERNAL)
        .addExternalData(entry(ExternalData.LOCATION, location))
        .addExternalData(entry(ExternalData.OFFSET, Long.toString(offset)))
        .addExternalData(entry(ExternalData.LENGTH, Long.toString(tensor.byteLength())));
  }

  /** Writes the data of all placed tensors to a new {@code file}. */
  void write(Path file) throws IOException {
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (Placed each : placed) {
        if (each.tensor.data() instanceof TensorData.FileSlice slice) {
          copy(slice, out, each.offset);
        } else {
          copy(each.tensor.bytes(), out, each.offset);
        }
      }
      if (out.size() < end) {
        out.write(ByteBuffer.allocate(1), end - 1);
      }
    }
  }

  private void copy(TensorData.FileSlice slice, FileChannel out, long offset) throws IOException {
    try (FileChannel in = FileChannel.open(slice.file(), StandardOpenOption.READ)) {
      long copied = 0;
      while (copied < slice.byteLength()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, slice.byteLength() - copied));
        if (in.read(chunk, slice.offset() + copied) <= 0) {
          throw new IOException(slice.file() + " is shorter than it was");
        }
        chunk.flip();
        copied += writeUnlessZero(chunk, out, offset + copied);
      }
    }
  }

  private void copy(ByteBuffer bytes, FileChannel out, long offset) throws IOException {
    int copied = 0;
    while (copied < bytes.limit()) {
      int length = Math.min(CHUNK_BYTES, bytes.limit() - copied);
      copied += writeUnlessZero(bytes.slice(copied, length), out, offset + copied);
    }
  }

  /** Returns the length of {@code bytes}; what is not written reads as zeros. */
  private int writeUnlessZero(ByteBuffer bytes, FileChannel out, long offset) throws IOException {
    int length = bytes.remaining();
    if (!bytes.equals(zeros.slice(0, length))) {
      for (long position = offset; bytes.hasRemaining(); ) {
        position += out.write(bytes, position);
      }
    }
    return length;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}
