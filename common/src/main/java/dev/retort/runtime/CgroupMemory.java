package dev.retort.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What Linux control groups leave of memory: of the group of this process and all groups around it,
 * the least {@code limit - (usage - reclaimable)}, where the page cache of files that nobody used
 * of late is reclaimable.
 *
 * <p>Inside a container the path of the group may be the host's, which is not mounted; the groups
 * that are begin at the container's own. Source: Linux, {@code cgroup-v2.rst}, "Memory Interface
 * Files", and {@code cgroup-v1/memory.rst}.
 *
 * @param folder where the groups of this version lie
 * @param limit the file of the limit, {@code max} or a huge number for none
 * @param usage the file of the bytes charged now, page cache included
 * @param reclaimable the field of {@code memory.stat}, with what the groups inside have
 */
record CgroupMemory(Path folder, String limit, String usage, String reclaimable) {
  private static final Path MOUNT = Path.of("sys", "fs", "cgroup");
  private static final Path MEMBERSHIP = Path.of("proc", "self", "cgroup");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,19}");
  private static final long NO_LIMIT = Long.MAX_VALUE;

  /** Lines such as {@code 4:memory:/docker/f00} and, of version 2, {@code 0::/user.slice}. */
  private static final int FIELDS = 3;

  /** Bytes that the groups leave; the greatest long where none has a limit. */
  static long leftBytes(Path root) {
    long left = NO_LIMIT;
    for (String line : lines(root.resolve(MEMBERSHIP))) {
      List<String> fields = List.of(Pattern.compile(":").split(line, FIELDS));
      if (fields.size() == FIELDS) {
        left = Math.min(left, left(root.resolve(MOUNT), fields.get(1), fields.get(2)));
      }
    }
    return left;
  }

  private static long left(Path mount, String controllers, String group) {
    if (controllers.isEmpty()) {
      return new CgroupMemory(mount, "memory.max", "memory.current", "inactive_file").left(group);
    }
    boolean memory = List.of(Pattern.compile(",").split(controllers)).contains("memory");
    return memory
        ? new CgroupMemory(
                mount.resolve("memory"),
                "memory.limit_in_bytes",
                "memory.usage_in_bytes",
                "total_inactive_file")
            .left(group)
        : NO_LIMIT;
  }

  private long left(String group) {
    Path own = folder.resolve(group.replaceFirst("^/+", "")).normalize();
    long left = NO_LIMIT;
    for (Path at = own.startsWith(folder) ? own : folder;
        at.startsWith(folder);
        at = at.getParent()) {
      left = Math.min(left, leftOf(at));
    }
    return left;
  }

  private long leftOf(Path group) {
    OptionalLong most = number(group.resolve(limit));
    if (most.isEmpty()) {
      return NO_LIMIT;
    }
    long held = number(group.resolve(usage)).orElse(0) - reclaimable(group);
    return Math.max(0, most.getAsLong() - Math.max(0, held));
  }

  private long reclaimable(Path group) {
    return lines(group.resolve("memory.stat")).stream()
        .filter(line -> line.startsWith(reclaimable + " "))
        .mapToLong(line -> Long.parseLong(line.substring(reclaimable.length() + 1).trim()))
        .findFirst()
        .orElse(0);
  }

  private static OptionalLong number(Path file) {
    return lines(file).stream()
        .map(String::trim)
        .filter(NUMBER.asMatchPredicate())
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  /** What is not there or not to be read limits nothing. */
  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
