package dev.retort.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory that ONNX Runtime's arena touches for a sequence of allocations: best fit with
 * coalescing, in regions whose sizes are powers of two from 1 MB on (its {@code BFCArena} with the
 * strategy {@code kNextPowerOfTwo}).
 *
 * <p>Because regions are never given back and a large chunk is split only where half of it or more
 * is left, an arena touches up to twice what lives at a time.
 */
final class ArenaSimulation {
  private static final long UNIT = 256;
  private static final long FIRST_REGION = 1 << 20;
  private static final long LARGEST_GROWTH = 1L << 30;
  private static final long LARGEST_REST = 128L << 20;
  private static final int PAGE = 4096;

  private final List<Region> regions = new ArrayList<>();
  private final Map<Object, Chunk> allocated = new HashMap<>();
  private long nextRegion = FIRST_REGION;

  private static final class Region {
    final BitSet touchedPages = new BitSet();
    final List<Chunk> chunks = new ArrayList<>();
  }

  private static final class Chunk {
    final Region region;
    final long offset;
    long size;
    boolean free = true;

    Chunk(Region region, long offset, long size) {
      this.region = region;
      this.offset = offset;
      this.size = size;
    }
  }

  /** Takes {@code bytes} bytes for {@code key}, all of which are written. */
  void allocate(Object key, long bytes) {
    if (bytes == 0) {
      return;
    }
    long rounded = (bytes + UNIT - 1) / UNIT * UNIT;
    Chunk chunk = bestFit(rounded);
    if (chunk == null) {
      chunk = extend(rounded);
    }
    split(chunk, rounded);
    chunk.free = false;
    int firstPage = Math.toIntExact(chunk.offset / PAGE);
    int lastPage = Math.toIntExact((chunk.offset + bytes - 1) / PAGE);
    chunk.region.touchedPages.set(firstPage, lastPage + 1);
    allocated.put(key, chunk);
  }

  /** Gives back what {@code key} holds, if anything. */
  void free(Object key) {
    Chunk chunk = allocated.remove(key);
    if (chunk != null) {
      chunk.free = true;
      mergeNeighbours(chunk.region);
    }
  }

  /** Bytes of all pages that were ever written. */
  long touchedBytes() {
    return regions.stream().mapToLong(region -> region.touchedPages.cardinality()).sum() * PAGE;
  }

  /** The sizes of the regions in the order in which they were taken from the system. */
  List<Long> regionBytes() {
    return regions.stream()
        .map(region -> region.chunks.stream().mapToLong(chunk -> chunk.size).sum())
        .toList();
  }

  /** Of chunks of one size the last is taken: the system gives later regions lower addresses. */
  private Chunk bestFit(long bytes) {
    Chunk best = null;
    for (Region region : regions) {
      for (Chunk chunk : region.chunks) {
        if (chunk.free && chunk.size >= bytes && (best == null || chunk.size <= best.size)) {
          best = chunk;
        }
      }
    }
    return best;
  }

  private Chunk extend(long bytes) {
    boolean grew = false;
    while (nextRegion < bytes) {
      nextRegion *= 2;
      grew = true;
    }
    Region region = new Region();
    Chunk chunk = new Chunk(region, 0, nextRegion);
    region.chunks.add(chunk);
    regions.add(region);
    if (!grew) {
      nextRegion = Math.min(nextRegion * 2, Math.max(nextRegion, LARGEST_GROWTH));
    }
    return chunk;
  }

  private static void split(Chunk chunk, long bytes) {
    long rest = chunk.size - bytes;
    if (chunk.size >= 2 * bytes || rest >= LARGEST_REST) {
      List<Chunk> chunks = chunk.region.chunks;
      chunks.add(chunks.indexOf(chunk) + 1, new Chunk(chunk.region, chunk.offset + bytes, rest));
      chunk.size = bytes;
    }
  }

  private static void mergeNeighbours(Region region) {
    List<Chunk> chunks = region.chunks;
    for (int i = chunks.size() - 1; i > 0; i--) {
      if (chunks.get(i).free && chunks.get(i - 1).free) {
        chunks.get(i - 1).size += chunks.remove(i).size;
      }
    }
  }
}
