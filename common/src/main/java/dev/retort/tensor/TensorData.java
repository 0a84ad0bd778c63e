package dev.retort.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Where the bytes of a tensor are: in memory, in a file, or a list of strings. */
public sealed interface TensorData {

  /** The number of bytes; for strings the sum of their lengths. */
  long byteLength();

  /** Bytes in memory or in a mapped region: little-endian, row-major. */
  record Inline(ByteBuffer bytes) implements TensorData {
    public Inline {
      bytes = bytes.asReadOnlyBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A view of its own position and limit. */
    @Override
    public ByteBuffer bytes() {
      return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long byteLength() {
      return bytes.remaining();
    }
  }

  /** A region of a file (ONNX external data); mapped when read, so it never lies on the heap. */
  record FileSlice(Path file, long offset, long byteLength) implements TensorData {
    public FileSlice {
      if (offset < 0 || byteLength < 0) {
        throw new IllegalArgumentException("negative region of " + file);
      }
    }

    /** A view of the region, little-endian; not for more than 2 GB. */
    public ByteBuffer map() {
      if (byteLength > Integer.MAX_VALUE) {
        throw new IllegalStateException("tensor of " + byteLength + " bytes can only be streamed");
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return channel
            .map(FileChannel.MapMode.READ_ONLY, offset, byteLength)
            .order(ByteOrder.LITTLE_ENDIAN);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot map weights in " + file, e);
      }
    }
  }

  /** The elements of a string tensor. */
  record Strings(List<String> values) implements TensorData {
    public Strings {
      values = List.copyOf(values);
    }

    @Override
    public long byteLength() {
      return values.stream().mapToLong(s -> s.getBytes(StandardCharsets.UTF_8).length).sum();
    }
  }
}
