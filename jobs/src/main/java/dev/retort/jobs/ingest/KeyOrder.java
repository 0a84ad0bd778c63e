package dev.retort.jobs.ingest;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;

/** The order of packed keys: bytes, unsigned. */
final class KeyOrder implements Comparator<byte[]>, Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public int compare(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b);
  }
}
