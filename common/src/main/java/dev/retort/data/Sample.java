package dev.retort.data;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One canonical sample.
 *
 * @param inputs the little-endian tensor of each model input, in the order of the schema
 * @param label the class; 0 where samples have none
 * @param id the user's id; empty where samples have none
 */
public record Sample(List<ByteBuffer> inputs, int label, String id) {
  public Sample {
    inputs = List.copyOf(inputs);
  }
}
