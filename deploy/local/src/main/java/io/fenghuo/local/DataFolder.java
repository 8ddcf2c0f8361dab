package io.fenghuo.local;

import io.fenghuo.rules.definition.ApprovedMode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder everything is kept in, held by one process at a time. */
final class DataFolder implements AutoCloseable {

  private final Path folder;
  private final FileChannel channel;

  private DataFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** The {@code .data} of the checkout, or of the working directory when run without the script. */
  static Path standard() {
    return Path.of(System.getProperty("fenghuo.home", "."), ".data");
  }

  /**
   * Makes the folder if it must and holds it until {@link #close()}; a killed process lets go of it
   * too.
   */
  static DataFolder open(Path path) {
    Path folder = path.toAbsolutePath().normalize();
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        channel.close();
        throw new CommandFailure(
            "Another Fenghuo runs on " + folder + ".",
            "Stop that one, or give this one another folder and other ports (see --help).");
      }
      return new DataFolder(folder, channel);
    } catch (IOException e) {
      throw new CommandFailure(
          "The data folder " + folder + " cannot be used: " + e,
          "Choose another with --data-dir DIR.",
          e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  Path path() {
    return folder;
  }

  Path kafka() {
    return folder.resolve("kafka");
  }

  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  Path scratch() {
    return folder.resolve("scratch");
  }

  /** The modes people approved, as the job that runs has them. */
  Path modes() {
    return folder.resolve(ApprovedMode.FILE);
  }

  Path logs() {
    return folder.resolve("logs");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new CommandFailure("The data folder's lock was not let go: " + e, "Start again.", e);
    }
  }
}
