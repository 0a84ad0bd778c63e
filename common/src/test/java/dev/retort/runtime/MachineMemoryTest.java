package dev.retort.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine of 8 GiB with 4,000,000 kB available, as files in a folder. */
class MachineMemoryTest {
  private static final long MACHINE = 4_000_000L * 1024;
  private static final String V2 = "sys/fs/cgroup/";
  private static final String V1 = "sys/fs/cgroup/memory/";

  @TempDir private Path root;

  @BeforeEach
  void machine() {
    put(
        "proc/meminfo",
        "MemTotal:        8388608 kB\nMemFree:          500000 kB\nMemAvailable:    4000000 kB\n");
  }

  @Test
  void withoutControlGroupsItIsWhatTheMachineHas() {
    assertThat(available()).isEqualTo(MACHINE);
  }

  @Test
  void withoutAnyFilesNothingIsKnown() {
    assertThat(MachineMemory.availableBytes(root.resolve("elsewhere"))).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aGroupOfVersion2LeavesItsLimitLessWhatIsHeldAndCannotBeReclaimed() {
    member("0::/app/worker\n");
    v2("app/worker", "1000000000", 700_000_000, 200_000_000);

    assertThat(available()).isEqualTo(500_000_000);
  }

  @Test
  void theSmallestOfTheGroupsAroundItCounts() {
    member("0::/app/worker\n");
    v2("app/worker", "2000000000", 100_000_000, 0);
    v2("app", "1500000000", 1_300_000_000, 50_000_000);

    assertThat(available()).isEqualTo(250_000_000);
  }

  @Test
  void maxIsNoLimitAndTheMachineCountsWhereItHasLess() {
    member("0::/app\n");
    v2("app", "max", 100, 0);
    assertThat(available()).isEqualTo(MACHINE);

    v2("app", "64000000000", 100, 0);
    assertThat(available()).isEqualTo(MACHINE);
  }

  @Test
  void aGroupOfVersion1IsReadTheSameWay() {
    member("9:cpuset:/\n4:cpu,memory:/docker/f00\n0::/\n");
    v1("docker/f00", "1000000000", 900_000_000, 300_000_000);
    v1("", "9223372036854771712", 2_000_000_000, 0);

    assertThat(available()).isEqualTo(400_000_000);
  }

  @Test
  void aContainerThatSeesItsOwnGroupAsTheRootIsLimitedByIt() {
    member("4:memory:/docker/not-mounted-here\n0::/../host.slice\n");
    v1("", "1000000000", 100_000_000, 0);
    assertThat(available()).isEqualTo(900_000_000);

    put(V2 + "memory.max", "800000000\n");
    put(V2 + "memory.current", "100000000\n");
    assertThat(available()).isEqualTo(700_000_000);
  }

  @Test
  void aGroupOverItsLimitLeavesNothing() {
    member("0::/app\n");
    v2("app", "1000", 5000, 100);

    assertThat(available()).isZero();
  }

  @Test
  void absentFilesLimitNothing() {
    member("0::/app\n4:memory:/app\nnonsense\n");
    put(V2 + "app/memory.max", "");
    assertThat(available()).isEqualTo(MACHINE);

    put(V2 + "app/memory.max", "1000000\n");
    assertThat(available()).isEqualTo(1_000_000);
  }

  @Test
  void theMachineOfThisTestHasSome() {
    assertThat(MachineMemory.availableBytes()).isPositive();
  }

  private long available() {
    return MachineMemory.availableBytes(root);
  }

  private void member(String lines) {
    put("proc/self/cgroup", lines);
  }

  private void v2(String group, String limit, long usage, long inactiveFile) {
    put(V2 + group + "/memory.max", limit + "\n");
    put(V2 + group + "/memory.current", usage + "\n");
    put(
        V2 + group + "/memory.stat",
        "anon 12\ninactive_file_other 9\ninactive_file " + inactiveFile + "\nactive_file 7\n");
  }

  private void v1(String group, String limit, long usage, long inactiveFile) {
    put(V1 + group + "/memory.limit_in_bytes", limit + "\n");
    put(V1 + group + "/memory.usage_in_bytes", usage + "\n");
    put(V1 + group + "/memory.stat", "inactive_file 1\ntotal_inactive_file " + inactiveFile + "\n");
  }

  private void put(String file, String text) {
    try {
      Path path = root.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
