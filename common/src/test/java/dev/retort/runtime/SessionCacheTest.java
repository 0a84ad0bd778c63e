package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.error.UserError;
import dev.retort.provenance.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SessionCacheTest {
  private static final SessionSettings SETTINGS = SessionSettings.standard();
  private static final Sha256 RESNET = Sha256.of("resnet");
  private static final Sha256 STUDENT = Sha256.of("student");

  private final SessionCache cache = new SessionCache();

  @Test
  void sixtyFourTasksOnFourThreadsOpenOneSessionForEachModel() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        tasks.add(() -> task(RESNET, Fashion.RESNET) + task(STUDENT, Fashion.STUDENT));
      }
      for (Future<Integer> task : threads.invokeAll(tasks)) {
        assertThat(task.get()).isEqualTo(4);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(cache.created(RESNET)).isEqualTo(1);
    assertThat(cache.created(STUDENT)).isEqualTo(1);
    assertThat(cache.created()).isEqualTo(2);
    assertThat(cache.evictIdle()).isEqualTo(2);
  }

  @Test
  void onlyIdleSessionsAreEvicted() {
    SessionCache.Lease held = cache.acquire(RESNET, Fashion.RESNET, SETTINGS);
    SessionCache.Lease second = cache.acquire(RESNET, Fashion.RESNET, SETTINGS);
    cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS).close();
    second.close();
    second.close();

    assertThat(cache.evictIdle()).isEqualTo(1);
    assertThat(cache.open()).isEqualTo(1);
    assertThat(held.session().run(Fashion.images(1))).hasSize(1);
    held.close();
    assertThat(cache.evictIdle()).isEqualTo(1);
    assertThat(cache.open()).isZero();
  }

  @Test
  void anEvictedModelIsOpenedAgain() {
    cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS).close();
    cache.evictIdle();
    cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS).close();

    assertThat(cache.created(STUDENT)).isEqualTo(2);
    assertThat(cache.evictIdle()).isEqualTo(1);
  }

  @Test
  void otherSettingsAreAnotherSession() {
    try (SessionCache.Lease one = cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS);
        SessionCache.Lease two = cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS.withThreads(2))) {
      assertThat(one.session()).isNotSameAs(two.session());
    }
    assertThat(cache.evictIdle()).isEqualTo(2);
  }

  @Test
  void buffersGoFromOneLeaseToTheNext() {
    ShardInference first;
    try (SessionCache.Lease lease = cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS)) {
      first = lease.inference(8, List.of("logits"));
      assertThat(lease.inference(8, List.of("logits"))).isNotSameAs(first);
    }
    try (SessionCache.Lease lease = cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS)) {
      assertThat(lease.inference(8, List.of("logits"))).isSameAs(first);
      assertThat(lease.inference(4, List.of("logits"))).isNotSameAs(first);
    }
    assertThat(cache.evictIdle()).isEqualTo(1);
  }

  @Test
  void aModelThatDoesNotLoadLeavesNothingBehind() {
    Path absent = Path.of("absent.onnx");

    assertThatThrownBy(() -> cache.acquire(STUDENT, absent, SETTINGS))
        .isInstanceOf(UserError.class);
    assertThat(cache.open()).isZero();
    assertThat(cache.created()).isZero();
    cache.acquire(STUDENT, Fashion.STUDENT, SETTINGS).close();
    assertThat(cache.evictIdle()).isEqualTo(1);
  }

  @Test
  void allOfAProcessShareOneCache() {
    assertThat(SessionCache.ofThisJvm()).isSameAs(SessionCache.ofThisJvm());
  }

  private int task(Sha256 model, Path file) {
    try (SessionCache.Lease lease = cache.acquire(model, file, SETTINGS)) {
      ShardInference inference = lease.inference(2, List.of("logits"));
      return inference.collect(Fashion.images(2)).get("logits").samples();
    }
  }
}
