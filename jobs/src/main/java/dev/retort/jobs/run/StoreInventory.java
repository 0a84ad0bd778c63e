package dev.retort.jobs.run;

import dev.retort.jobs.run.CleanReport.Mode;
import dev.retort.jobs.run.CleanReport.Removal;
import dev.retort.provenance.Sha256;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * What lies in a store, what runs refer to, and what may go.
 *
 * @param work whose store
 * @param stages all results, oldest first
 * @param references what runs referred to when they were asked
 * @param removable results that may go by the rules, oldest first
 * @param leftovers files that no manifest names, old enough to be left by a process that has ended,
 *     by path
 */
record StoreInventory(
    WorkRoot work,
    List<StoredStage> stages,
    RunReferences references,
    List<Choice> removable,
    List<FileStatus> leftovers) {
  private static final String UNUSED = "no run refers to it";

  StoreInventory {
    stages = List.copyOf(stages);
    removable = List.copyOf(removable);
    leftovers = List.copyOf(leftovers);
  }

  /** A result that may go, and why. */
  record Choice(StoredStage stage, String reason) {}

  /** Looks at the store; {@code leases} tells whether the runs that left files are alive. */
  static StoreInventory of(WorkRoot work, CleanRules rules, LeaseWatch leases) {
    WorkFiles files = work.files();
    RunReferences references = RunReferences.read(work, files);
    List<StoredStage> stages = stages(work, files);
    List<Choice> removable = removable(stages, references.keys(), rules);
    Set<StoredStage> going = new HashSet<>();
    removable.forEach(choice -> going.add(choice.stage()));
    List<FileStatus> left = new ArrayList<>();
    for (StoredStage stage : stages) {
      if (!going.contains(stage)) {
        stage.uncommitted(files).stream().filter(file -> isLeft(file, rules)).forEach(left::add);
      }
    }
    if (!left.isEmpty()) {
      Set<String> alive = references.keysOf(leases.alive(references.runs()));
      left.removeIf(file -> alive.contains(key(file)));
    }
    files.statuses(Store.folder(work)).stream()
        .filter(status -> status.isFile() && Store.isProbe(status.getPath().getName()))
        .filter(status -> isLeft(status, rules))
        .forEach(left::add);
    // File systems list in any order.
    left.sort(Comparator.comparing(FileStatus::getPath));
    return new StoreInventory(work, stages, references, removable, left);
  }

  /** What was or would be done to this store when {@code removed} goes with the leftovers. */
  CleanReport report(Mode mode, List<Choice> removed) {
    Set<String> used = references.keys();
    List<Removal> results = removed.stream().map(StoreInventory::removal).toList();
    List<Removal> files = leftovers.stream().map(this::removal).toList();
    long freed = bytes(results) + bytes(files);
    long all = stages.stream().mapToLong(StoredStage::bytes).sum();
    long referenced =
        stages.stream()
            .filter(stage -> used.contains(stage.address().key()))
            .mapToLong(StoredStage::bytes)
            .sum();
    int runs = references.runs().size();
    return new CleanReport(mode, results, files, freed, Math.max(0, all - freed), referenced, runs);
  }

  private static Removal removal(Choice choice) {
    StoredStage stage = choice.stage();
    return new Removal(stage.address().path(), stage.bytes(), stage.written(), choice.reason());
  }

  private Removal removal(FileStatus file) {
    String path = Store.folder(work).toUri().relativize(file.getPath().toUri()).getPath();
    return new Removal(
        path, file.getLen(), StoredStage.timeOf(file), "an attempt left it that was not committed");
  }

  private static long bytes(List<Removal> removals) {
    return removals.stream().mapToLong(Removal::bytes).sum();
  }

  private static boolean isLeft(FileStatus file, CleanRules rules) {
    return rules.isLeft(StoredStage.timeOf(file));
  }

  /** The key of the result in whose folder the file lies. */
  private static String key(FileStatus file) {
    Path folder = file.getPath().getParent();
    return folder.getParent().getName() + "." + folder.getName();
  }

  private static List<StoredStage> stages(WorkRoot work, WorkFiles files) {
    List<StoredStage> stages = new ArrayList<>();
    for (FileStatus stage : files.statuses(Store.folder(work))) {
      if (stage.isDirectory()) {
        for (FileStatus result : files.statuses(stage.getPath())) {
          if (result.isDirectory() && StageAddress.isFolder(stage.getPath(), result.getPath())) {
            Sha256 fingerprint = new Sha256(result.getPath().getName());
            StageAddress address = new StageAddress(work, stage.getPath().getName(), fingerprint);
            stages.add(StoredStage.of(address, result, files));
          }
        }
      }
    }
    stages.sort(
        Comparator.comparing((StoredStage stage) -> stage.written())
            .thenComparing(stage -> stage.address().key()));
    return stages;
  }

  private static List<Choice> removable(
      List<StoredStage> oldestFirst, Set<String> used, CleanRules rules) {
    List<Choice> chosen = new ArrayList<>();
    long left = oldestFirst.stream().mapToLong(StoredStage::bytes).sum();
    for (StoredStage stage : oldestFirst) {
      String reason = used.contains(stage.address().key()) ? "" : reason(stage, left, rules);
      if (!reason.isEmpty()) {
        chosen.add(new Choice(stage, reason));
        left -= stage.bytes();
      }
    }
    return chosen;
  }

  /** Why an unused result goes when {@code left} bytes are left; empty if it stays. */
  private static String reason(StoredStage stage, long left, CleanRules rules) {
    if (rules.takesAll()) {
      return UNUSED;
    }
    if (rules.isTooOld(stage.written())) {
      return UNUSED + ", and it is too old";
    }
    return rules.isTooMuch(left) ? UNUSED + ", and the store is too large" : "";
  }
}
