package dev.retort.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.retort.data.Batch;
import dev.retort.data.BatchOrder;
import dev.retort.tensor.Dims;
import java.util.Map;

/** The samples of one shard as a model takes them, batch by batch. */
interface BatchInputs {

  /** In which order the samples are run. */
  BatchOrder order(int batch);

  /** The dimensions of one sample of each input in a batch of texts of {@code length} tokens. */
  Map<String, Dims> sampleDims(int length);

  /** The input {@code port} of {@code batch}, valid until the next call for that input. */
  OnnxTensor tensor(TensorPort port, Batch batch) throws OrtException;
}
