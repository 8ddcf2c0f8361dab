package io.fenghuo.pipelines;

import io.fenghuo.rules.assess.AlertSignal;
import io.fenghuo.rules.assess.Finding;
import io.fenghuo.rules.assess.Visit;
import io.fenghuo.rules.figure.Measurement;
import io.fenghuo.rules.figure.Partial;
import io.fenghuo.rules.figure.Reading;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.Alert;
import io.fenghuo.schemas.EventCodec;
import io.fenghuo.schemas.UndecodableException;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;

/**
 * The types that travel between the operators of the jobs.
 *
 * @param <T> the value
 */
final class PackedType<T> extends TypeInformation<T> {

  private static final long serialVersionUID = 1L;

  static final TypeInformation<Visit> VISIT = new PackedType<>(Visit.class, new Visits());
  static final TypeInformation<Finding> FINDING = new PackedType<>(Finding.class, new Findings());
  static final TypeInformation<AlertSignal> SIGNAL =
      new PackedType<>(AlertSignal.class, new Signals());
  static final TypeInformation<Outgoing> OUTGOING =
      new PackedType<>(Outgoing.class, new Outgoings());
  static final TypeInformation<Measurement> MEASUREMENT =
      new PackedType<>(Measurement.class, new Measurements());
  static final TypeInformation<Partial> PARTIAL = new PackedType<>(Partial.class, new Partials());
  static final TypeInformation<Reading> READING = new PackedType<>(Reading.class, new Readings());
  static final TypeInformation<Watched> WATCHED = new PackedType<>(Watched.class, new Watcheds());
  static final TypeInformation<Arrival> ARRIVAL = new PackedType<>(Arrival.class, new Arrivals());

  private final Class<T> type;
  private final PackedSerializer<T> serializer;

  private PackedType(Class<T> type, PackedSerializer<T> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  /** See {@link Visit}. */
  public static final class Visits extends PackedSerializer<Visit> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Visit value, Packer out) {
      value.pack(out);
    }

    @Override
    Visit unpack(Unpacker in) {
      return Visit.unpack(in);
    }

    @Override
    public TypeSerializer<Visit> duplicate() {
      return new Visits();
    }

    @Override
    public TypeSerializerSnapshot<Visit> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember: the form's version is inside. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Visit> {
      public Snapshot() {
        super(Visits::new);
      }
    }
  }

  /** See {@link Finding}. */
  public static final class Findings extends PackedSerializer<Finding> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Finding value, Packer out) {
      value.pack(out);
    }

    @Override
    Finding unpack(Unpacker in) {
      return Finding.unpack(in);
    }

    @Override
    public TypeSerializer<Finding> duplicate() {
      return new Findings();
    }

    @Override
    public TypeSerializerSnapshot<Finding> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember: the form's version is inside. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Finding> {
      public Snapshot() {
        super(Findings::new);
      }
    }
  }

  /** See {@link AlertSignal}. */
  public static final class Signals extends PackedSerializer<AlertSignal> {
    private static final long serialVersionUID = 1L;

    private transient EventCodec codec;

    private EventCodec codec() {
      if (codec == null) {
        codec = EventCodec.singleObject();
      }
      return codec;
    }

    @Override
    void pack(AlertSignal value, Packer out) {
      out.text(value.eventId()).blob(codec().encode(value.alert()));
    }

    @Override
    AlertSignal unpack(Unpacker in) {
      String eventId = in.text();
      try {
        return new AlertSignal(codec().decode(in.blob(), Alert.class), eventId);
      } catch (UndecodableException impossible) {
        throw new IllegalStateException("an alert that was encoded before", impossible);
      }
    }

    @Override
    public TypeSerializer<AlertSignal> duplicate() {
      return new Signals();
    }

    @Override
    public TypeSerializerSnapshot<AlertSignal> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<AlertSignal> {
      public Snapshot() {
        super(Signals::new);
      }
    }
  }

  /** See {@link Outgoing}. */
  public static final class Outgoings extends PackedSerializer<Outgoing> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Outgoing value, Packer out) {
      out.text(value.key()).blob(value.value());
    }

    @Override
    Outgoing unpack(Unpacker in) {
      return new Outgoing(in.text(), in.blob());
    }

    @Override
    public TypeSerializer<Outgoing> duplicate() {
      return new Outgoings();
    }

    @Override
    public TypeSerializerSnapshot<Outgoing> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Outgoing> {
      public Snapshot() {
        super(Outgoings::new);
      }
    }
  }

  /** See {@link Measurement}. */
  public static final class Measurements extends PackedSerializer<Measurement> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Measurement value, Packer out) {
      value.pack(out);
    }

    @Override
    Measurement unpack(Unpacker in) {
      return Measurement.unpack(in);
    }

    @Override
    public TypeSerializer<Measurement> duplicate() {
      return new Measurements();
    }

    @Override
    public TypeSerializerSnapshot<Measurement> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Measurement> {
      public Snapshot() {
        super(Measurements::new);
      }
    }
  }

  /** See {@link Partial}. */
  public static final class Partials extends PackedSerializer<Partial> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Partial value, Packer out) {
      value.pack(out);
    }

    @Override
    Partial unpack(Unpacker in) {
      return Partial.unpack(in);
    }

    @Override
    public TypeSerializer<Partial> duplicate() {
      return new Partials();
    }

    @Override
    public TypeSerializerSnapshot<Partial> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Partial> {
      public Snapshot() {
        super(Partials::new);
      }
    }
  }

  /** See {@link Reading}. */
  public static final class Readings extends PackedSerializer<Reading> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Reading value, Packer out) {
      value.pack(out);
    }

    @Override
    Reading unpack(Unpacker in) {
      return Reading.unpack(in);
    }

    @Override
    public TypeSerializer<Reading> duplicate() {
      return new Readings();
    }

    @Override
    public TypeSerializerSnapshot<Reading> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Reading> {
      public Snapshot() {
        super(Readings::new);
      }
    }
  }

  /** See {@link Watched}. */
  public static final class Watcheds extends PackedSerializer<Watched> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Watched value, Packer out) {
      value.pack(out);
    }

    @Override
    Watched unpack(Unpacker in) {
      return Watched.unpack(in);
    }

    @Override
    public TypeSerializer<Watched> duplicate() {
      return new Watcheds();
    }

    @Override
    public TypeSerializerSnapshot<Watched> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Watched> {
      public Snapshot() {
        super(Watcheds::new);
      }
    }
  }

  /** Arrivals never leave the chain in which they are made, so they have no form. */
  public static final class Arrivals extends PackedSerializer<Arrival> {
    private static final long serialVersionUID = 1L;

    @Override
    void pack(Arrival value, Packer out) {
      throw new UnsupportedOperationException("an arrival left its chain");
    }

    @Override
    Arrival unpack(Unpacker in) {
      throw new UnsupportedOperationException("an arrival left its chain");
    }

    @Override
    public TypeSerializer<Arrival> duplicate() {
      return new Arrivals();
    }

    @Override
    public TypeSerializerSnapshot<Arrival> snapshotConfiguration() {
      return new Snapshot();
    }

    /** Nothing to remember. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Arrival> {
      public Snapshot() {
        super(Arrivals::new);
      }
    }
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return serializer.duplicate();
  }

  @Override
  public String toString() {
    return "Packed " + type.getSimpleName();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PackedType<?> packed && packed.type == type;
  }

  @Override
  public int hashCode() {
    return type.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof PackedType;
  }
}
