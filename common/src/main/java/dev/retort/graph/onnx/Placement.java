package dev.retort.graph.onnx;

import com.google.protobuf.ByteString;
import dev.retort.graph.onnx.proto.TensorProto;
import dev.retort.tensor.Tensor;
import dev.retort.tensor.TensorData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the data of tensors goes while a model is encoded: inside of it, as a reference to one of
 * {@link #inside()} that {@link DataJoiner} resolves, or to a file beside it.
 */
final class Placement {
  /** Smaller initializers are always inside. */
  private static final long SMALLEST_BESIDE_BYTES = 1024;

  private final Optional<ExternalFile> beside;
  private final List<TensorData> inside = new ArrayList<>();

  private Placement(Optional<ExternalFile> beside) {
    this.beside = beside;
  }

  /** All data inside. */
  static Placement inline() {
    return new Placement(Optional.empty());
  }

  /** Initializers that are not small to {@code file}. */
  static Placement beside(ExternalFile file) {
    return new Placement(Optional.of(file));
  }

  /** The data that is inside. */
  List<TensorData> inside() {
    return List.copyOf(inside);
  }

  /** Writes type, dimensions and data of an initializer to {@code proto}. */
  void place(TensorProto.Builder proto, Tensor tensor) {
    boolean small = tensor.byteLength() < SMALLEST_BESIDE_BYTES;
    if (beside.isEmpty() || small || tensor.data() instanceof TensorData.Strings) {
      placeInside(proto, tensor);
    } else {
      TensorCodec.describe(proto, tensor);
      beside.get().add(proto, tensor.data());
    }
  }

  /** As {@link #place}, for a tensor that may be inside only: one of an attribute. */
  void placeInside(TensorProto.Builder proto, Tensor tensor) {
    TensorCodec.describe(proto, tensor);
    if (tensor.data() instanceof TensorData.Strings strings) {
      strings.values().forEach(s -> proto.addStringData(ByteString.copyFromUtf8(s)));
    } else {
      proto.setRawData(ByteString.copyFrom(DataSplitter.reference(inside.size())));
      inside.add(tensor.data());
    }
  }
}
