package dev.retort.data;

import dev.retort.tensor.SampleBlock;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The samples of one shard, in canonical order. Its buffers belong to the {@link ShardBuffers} that
 * it was read into and are valid until the next read into them.
 *
 * @param number the shard's place in the data set
 * @param samples how many samples
 * @param inputs one block for each model input that is no text, in the order of the schema
 * @param texts the input that is a text, if there is one
 * @param labels the class of each sample, if the data set has labels
 * @param ids the user's id of each sample, empty if the data set has none
 */
public record Shard(
    int number,
    int samples,
    Map<String, SampleBlock> inputs,
    Optional<TokenSequences> texts,
    Optional<IntBuffer> labels,
    List<String> ids) {
  public Shard {
    inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    ids = List.copyOf(ids);
  }

  /** A view of the sample at {@code index}, valid as long as the shard's buffers. */
  public Sample sample(int index) {
    List<ByteBuffer> tensors = new ArrayList<>();
    inputs.values().forEach(block -> tensors.add(block.slice(index, 1).bytes()));
    texts.ifPresent(tokens -> tensors.add(tokens.ids(index)));
    int label = labels.map(classes -> classes.get(index)).orElse(0);
    return new Sample(tensors, label, ids.isEmpty() ? "" : ids.get(index));
  }
}
