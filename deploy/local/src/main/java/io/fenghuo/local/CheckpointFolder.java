package io.fenghuo.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The folder Flink keeps checkpoints in: one folder per run of the job, in it {@code chk-N} for
 * each checkpoint and {@code shared} for the RocksDB files they have in common; and one for the
 * savepoints with which a job was stopped to make room for another.
 */
final class CheckpointFolder {

  /** How many checkpoints are kept, so that a damaged one is not the end of the state. */
  static final int RETAINED = 3;

  /** Where savepoints are put. */
  static final String STOPPED = "stopped";

  private static final String SHARED = "shared";

  private final Path folder;

  CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * The newest checkpoint that can be read, or empty when there is none at all.
   *
   * @param notice told of each newer one that cannot be read, and why
   * @throws CommandFailure if there are checkpoints and none can be read: to begin without state is
   *     for a person to decide
   */
  Optional<Checkpoint> newestReadable(Consumer<String> notice) throws IOException {
    List<Checkpoint> checkpoints = newestFirst();
    for (Checkpoint checkpoint : checkpoints) {
      try {
        checkpoint.files();
        return Optional.of(checkpoint);
      } catch (IOException e) {
        notice.accept(
            "checkpoint "
                + checkpoint.folder()
                + " cannot be read ("
                + e.getMessage()
                + "); trying the one before");
      }
    }
    if (checkpoints.isEmpty()) {
      return Optional.empty();
    }
    throw new CommandFailure(
        "None of the " + checkpoints.size() + " checkpoints in " + folder + " can be read.",
        "Move that folder away to begin with empty state, or put its files back.");
  }

  /** All complete checkpoints of all runs. */
  List<Checkpoint> newestFirst() throws IOException {
    List<Checkpoint> found = new ArrayList<>();
    for (Path run : folders(folder)) {
      for (Path chk : folders(run)) {
        Path metadata = chk.resolve(Checkpoint.METADATA);
        if (isCheckpoint(chk.getFileName().toString()) && Files.isRegularFile(metadata)) {
          found.add(new Checkpoint(chk, Files.getLastModifiedTime(metadata).toMillis()));
        }
      }
    }
    found.sort(
        Comparator.comparingLong(Checkpoint::completedAt)
            .thenComparingLong(CheckpointFolder::number)
            .reversed());
    return found;
  }

  private static boolean isCheckpoint(String folder) {
    return folder.startsWith("chk-") || folder.startsWith("savepoint-");
  }

  /**
   * Deletes what no start will ever read: all but the newest few checkpoints, and the shared files
   * only those used. A killed job leaves them behind, and Flink looks after its own run only. To be
   * called while no job runs.
   *
   * @return number of files deleted; 0 when it is not certain what is still needed
   */
  int deleteUnused() throws IOException {
    List<Checkpoint> checkpoints = newestFirst();
    List<Checkpoint> kept = checkpoints.subList(0, Math.min(RETAINED, checkpoints.size()));
    Set<Path> needed = new HashSet<>();
    for (Checkpoint checkpoint : kept) {
      try {
        needed.addAll(checkpoint.files());
      } catch (IOException e) {
        return 0;
      }
    }
    int deleted = 0;
    for (Path run : folders(folder)) {
      for (Path part : folders(run)) {
        boolean keptChk = kept.stream().anyMatch(checkpoint -> checkpoint.folder().equals(part));
        if (keptChk) {
          continue;
        }
        deleted += deleteUnneeded(part, needed);
        if (!part.getFileName().toString().equals(SHARED)) {
          deleteIfEmpty(part);
        }
      }
      deleteEmptyRun(run);
    }
    return deleted;
  }

  private static int deleteUnneeded(Path part, Set<Path> needed) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(part)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    int deleted = 0;
    for (Path file : files) {
      if (!needed.contains(file)) {
        Files.delete(file);
        deleted++;
      }
    }
    return deleted;
  }

  private static void deleteEmptyRun(Path run) throws IOException {
    try (Stream<Path> walk = Files.walk(run)) {
      if (walk.anyMatch(Files::isRegularFile)) {
        return;
      }
    }
    for (Path part : folders(run)) {
      deleteIfEmpty(part);
    }
    deleteIfEmpty(run);
  }

  private static void deleteIfEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      if (entries.findAny().isPresent()) {
        return;
      }
    }
    Files.delete(directory);
  }

  private static List<Path> folders(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  private static long number(Checkpoint checkpoint) {
    try {
      return Long.parseLong(checkpoint.folder().getFileName().toString().substring(4));
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
