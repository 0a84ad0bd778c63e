package dev.retort.runtime;

import dev.retort.provenance.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One session for each model and settings in this process, shared by all who hold a {@link Lease}.
 * A session that nobody holds stays open until {@link #evictIdle}. Safe for use by several threads;
 * different models load at the same time, one model loads once.
 */
public final class SessionCache {
  private static final SessionCache THIS_JVM = new SessionCache();

  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private final Map<Sha256, Integer> created = new LinkedHashMap<>();
  private volatile BatchListener listener = BatchListener.SILENT;

  private record Key(Sha256 model, SessionSettings settings) {}

  private static final class Entry {
    final CompletableFuture<OnnxSession> session = new CompletableFuture<>();
    final List<ShardInference> idle = new ArrayList<>();
    int holders;
  }

  /** The cache that all tasks of this process share. */
  public static SessionCache ofThisJvm() {
    return THIS_JVM;
  }

  /**
   * The session of a model, opened if there is none.
   *
   * @param model the digest of {@code file}, which the caller has checked
   * @throws dev.retort.error.UserError as {@link OnnxSession#open}
   */
  public Lease acquire(Sha256 model, Path file, SessionSettings settings) {
    Key key = new Key(model, settings);
    boolean absent;
    Entry entry;
    synchronized (this) {
      absent = !entries.containsKey(key);
      entry = entries.computeIfAbsent(key, k -> new Entry());
      entry.holders++;
    }
    if (absent) {
      open(key, entry, file);
    }
    return new Lease(entry, await(entry));
  }

  /** From now on {@code newListener}, and nobody else, hears of each batch that a lease runs. */
  public void listen(BatchListener newListener) {
    listener = newListener;
  }

  /** Closes the sessions that nobody holds, and returns how many. */
  public int evictIdle() {
    Collection<Entry> idle = removeIdle();
    for (Entry entry : idle) {
      entry.idle.forEach(ShardInference::close);
      entry.session.join().close();
    }
    return idle.size();
  }

  /** Whether a session of {@code model} is open, with whatever settings. */
  public synchronized boolean holds(Sha256 model) {
    return entries.keySet().stream().anyMatch(key -> key.model().equals(model));
  }

  /** How many sessions are open. */
  public synchronized int open() {
    return entries.size();
  }

  /** How many sessions of {@code model} were opened since the process began. */
  public synchronized int created(Sha256 model) {
    return created.getOrDefault(model, 0);
  }

  /** How many sessions were opened since the process began. */
  public synchronized int created() {
    return created.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void ran(int samples, long nanos) {
    listener.ran(samples, nanos);
  }

  private void open(Key key, Entry entry, Path file) {
    try {
      OnnxSession session = OnnxSession.open(file, key.settings());
      synchronized (this) {
        created.merge(key.model(), 1, Integer::sum);
      }
      entry.session.complete(session);
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        entries.remove(key, entry);
      }
      entry.session.completeExceptionally(e);
      throw e;
    }
  }

  private static OnnxSession await(Entry entry) {
    try {
      return entry.session.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private synchronized Collection<Entry> removeIdle() {
    List<Entry> idle = new ArrayList<>();
    for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
      Entry entry = all.next();
      if (entry.holders == 0) {
        idle.add(entry);
        all.remove();
      }
    }
    return idle;
  }

  /** The right to use a session until it is closed. For one thread. */
  public final class Lease implements AutoCloseable {
    private final Entry entry;
    private final OnnxSession session;
    private final List<ShardInference> borrowed = new ArrayList<>();
    private boolean closed;

    private Lease(Entry entry, OnnxSession session) {
      this.entry = entry;
      this.session = session;
    }

    public OnnxSession session() {
      return session;
    }

    /**
     * An inference of this session whose buffers an earlier lease has used where there is one; it
     * goes back with the lease and must not be closed.
     */
    public ShardInference inference(int batch, List<String> outputs) {
      ShardInference inference = takeIdle(batch, outputs);
      if (inference == null) {
        inference = new ShardInference(session, batch, outputs, SessionCache.this::ran);
      }
      borrowed.add(inference);
      return inference;
    }

    private ShardInference takeIdle(int batch, List<String> outputs) {
      synchronized (SessionCache.this) {
        for (ShardInference inference : entry.idle) {
          if (inference.batch() == batch && inference.outputs().equals(outputs)) {
            entry.idle.remove(inference);
            return inference;
          }
        }
        return null;
      }
    }

    @Override
    public void close() {
      synchronized (SessionCache.this) {
        if (!closed) {
          closed = true;
          entry.idle.addAll(borrowed);
          entry.holders--;
        }
      }
    }
  }
}
