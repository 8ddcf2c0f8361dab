package io.fenghuo.local;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.AbstractChannelStateHandle;
import org.apache.flink.runtime.state.IncrementalRemoteKeyedStateHandle;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StateObject;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.FileStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

/**
 * One complete checkpoint or savepoint on disk: a folder {@code chk-N} or {@code savepoint-…} with
 * its {@code _metadata}.
 *
 * @param folder that folder
 * @param completedAt when its metadata was written, which is the last thing Flink does
 */
record Checkpoint(Path folder, long completedAt) {

  static final String METADATA = "_metadata";

  /**
   * Every file the state is in. An incremental checkpoint shares most of them with the ones before
   * it, so they lie outside its own folder.
   *
   * @throws IOException if the checkpoint cannot be read, one of its files is missing or has
   *     another length than was written, or it holds state of a kind not known here
   */
  Set<Path> files() throws IOException {
    Path metadataFile = folder.resolve(METADATA);
    Set<Path> files = new HashSet<>();
    files.add(metadataFile);
    for (OperatorState operator : load(metadataFile).getOperatorStates()) {
      for (OperatorSubtaskState subtask : operator.getStates()) {
        for (StateObject state : subtask.getDiscardables()) {
          addFiles(state, files);
        }
      }
    }
    return files;
  }

  private CheckpointMetadata load(Path metadataFile) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(metadataFile)))) {
      return Checkpoints.loadCheckpointMetadata(
          in, Checkpoint.class.getClassLoader(), folder.toUri().toString());
    } catch (RuntimeException e) {
      // Cut or overwritten bytes come out of Flink's reader as whatever exception they lead to.
      throw new IOException(METADATA + " is damaged: " + e, e);
    }
  }

  private static void addFiles(StateObject state, Set<Path> files) throws IOException {
    if (state instanceof ByteStreamStateHandle) {
      return; // inside the metadata
    }
    if (state instanceof FileStateHandle file) {
      Path path = Path.of(file.getFilePath().toUri().getPath());
      if (!Files.isRegularFile(path)) {
        throw new IOException("file " + path + " is missing");
      }
      if (Files.size(path) != file.getStateSize()) {
        throw new IOException(
            "file "
                + path
                + " has "
                + Files.size(path)
                + " bytes (expected: "
                + file.getStateSize()
                + ")");
      }
      files.add(path);
    } else if (state instanceof IncrementalRemoteKeyedStateHandle incremental) {
      try (Stream<StreamStateHandle> handles = incremental.streamSubHandles()) {
        for (StreamStateHandle handle : handles.toList()) {
          addFiles(handle, files);
        }
      }
    } else if (state instanceof KeyGroupsStateHandle keyGroups) {
      addFiles(keyGroups.getDelegateStateHandle(), files);
    } else if (state instanceof OperatorStreamStateHandle operator) {
      addFiles(operator.getDelegateStateHandle(), files);
    } else if (state instanceof AbstractChannelStateHandle<?> channel) {
      addFiles(channel.getDelegate(), files);
    } else {
      throw new IOException("state of unknown kind " + state.getClass().getName());
    }
  }
}
