package dev.retort.graph.onnx;

import com.google.protobuf.ByteString;
import dev.retort.error.ModelMessages;
import dev.retort.error.UserError;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a model that is being decoded comes from.
 *
 * @param label what to call it in messages
 * @param folder where its external data must lie; empty if it may have none
 * @param data what each {@code raw_data} refers to, as {@link DataSplitter} says
 */
record Source(String label, Optional<Path> folder, List<ByteBuffer> data) {

  Source withData(List<ByteBuffer> newData) {
    return new Source(label, folder, newData);
  }

  /** The data that {@code reference}, which {@link DataSplitter} made, refers to. */
  ByteBuffer data(ByteString reference) {
    return data.get(DataSplitter.index(reference.asReadOnlyByteBuffer()));
  }

  /** The error for a model that cannot be read because of {@code problem}, with its remedy. */
  UserError refuse(String problem) {
    return UserError.input(
        "Cannot read model %s: %s".formatted(label, ModelMessages.printable(problem)));
  }

  /** As {@link #refuse(String)}, with what led to it. */
  UserError refuse(String problem, Throwable cause) {
    return UserError.input(
        "Cannot read model %s: %s".formatted(label, ModelMessages.printable(problem)), cause);
  }
}
