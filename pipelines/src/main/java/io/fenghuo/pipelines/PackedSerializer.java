package io.fenghuo.pipelines;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Carries immutable values between operators in their packed form.
 *
 * @param <T> the value
 */
abstract class PackedSerializer<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private transient Packer packer;

  abstract void pack(T value, Packer out);

  abstract T unpack(Unpacker in);

  @Override
  public void serialize(T value, DataOutputView target) throws IOException {
    if (packer == null) {
      packer = new Packer();
    }
    packer.reset();
    pack(value, packer);
    target.writeInt(packer.size());
    target.write(packer.array(), 0, packer.size());
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return unpack(new Unpacker(bytes));
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    int length = source.readInt();
    target.writeInt(length);
    target.write(source, length);
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public boolean equals(Object other) {
    return other != null && other.getClass() == getClass();
  }

  @Override
  public int hashCode() {
    return getClass().hashCode();
  }
}
