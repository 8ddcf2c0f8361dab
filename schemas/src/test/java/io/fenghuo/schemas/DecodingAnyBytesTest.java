package io.fenghuo.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever the bytes, decoding ends in a record or in an {@link UndecodableException}, and never
 * allocates more than a fixed multiple of what it was given. Run one seed again with {@code
 * -Dfuzz.seed=…}.
 */
class DecodingAnyBytesTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 5_000);
  private static final Set<String> REASONS = Set.of("malformed", "unknown_schema", "too_large");

  /** An empty string in a list takes one byte there and some 40 in memory. */
  private static final long BYTES_PER_BYTE = 64;

  private static final long BYTES_PER_CALL = 1 << 15;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final EventCodec codec = EventCodec.singleObject();
  private long seed;
  private Random random;
  private int decoded;
  private int refused;

  @BeforeEach
  void chooseSeed() {
    seed = Long.getLong("fuzz.seed", System.nanoTime());
    random = new Random(seed);
    System.out.println(getClass().getSimpleName() + ": seed " + seed);
  }

  /** Schemas are read and classes loaded at the first use, which is not the record's doing. */
  @BeforeEach
  void warmUp() {
    for (Stream stream : Stream.values()) {
      byte[] bytes = codec.encode(new SampleEvents(1).full(stream.schema()));
      for (int length = 0; length <= bytes.length; length++) {
        try {
          codec.decode(Arrays.copyOf(bytes, length));
        } catch (UndecodableException e) {
          assertThat(length).isLessThan(bytes.length);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void random_bodies_end_in_a_record_or_a_reason(Stream stream) {
    byte[] header = Arrays.copyOf(codec.encode(sample(stream)), codec.header());
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = Arrays.copyOf(header, header.length + random.nextInt(300));
      byte[] body = new byte[bytes.length - header.length];
      random.nextBytes(body);
      if (random.nextBoolean()) {
        // Small positive bytes are plausible lengths and branches, and so get further.
        for (int at = 0; at < body.length; at++) {
          body[at] &= 0x1F;
        }
      }
      System.arraycopy(body, 0, bytes, header.length, body.length);
      decode(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource
  void mutated_records_end_in_a_record_or_a_reason(Stream stream) {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = codec.encode(sample(stream));
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        int at = random.nextInt(bytes.length);
        bytes[at] =
            switch (random.nextInt(4)) {
              case 0 -> (byte) (bytes[at] ^ 1 << random.nextInt(8));
              case 1 -> (byte) random.nextInt();
              case 2 -> (byte) 0xFF;
              default -> 0;
            };
      }
      decode(bytes);
    }
    assertThat(refused).as("refused of %d with seed %d", ROUNDS, seed).isPositive();
    assertThat(decoded).as("decoded of %d with seed %d", ROUNDS, seed).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void absurd_numbers_anywhere_end_in_a_record_or_a_reason(Stream stream) {
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = codec.encode(sample(stream));
      int at = codec.header() + random.nextInt(bytes.length - codec.header());
      byte[] number = varint(random.nextLong() >>> random.nextInt(Long.SIZE));
      byte[] changed = Arrays.copyOf(bytes, bytes.length + number.length);
      System.arraycopy(number, 0, changed, at, number.length);
      System.arraycopy(bytes, at, changed, at + number.length, bytes.length - at);
      decode(changed);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_record_cut_short_is_always_malformed(Stream stream) {
    for (int i = 0; i < 20; i++) {
      byte[] bytes = codec.encode(sample(stream));
      for (int length = 0; length < bytes.length; length++) {
        decode(Arrays.copyOf(bytes, length));
      }
    }
    assertThat(decoded).as("decoded with seed %d", seed).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void a_mebibyte_of_anything_costs_no_more_than_its_share(Stream stream) {
    byte[] header = Arrays.copyOf(codec.encode(sample(stream)), codec.header());
    for (int fill = 0; fill < 256; fill++) {
      byte[] bytes = new byte[EventCodec.DEFAULT_MAX_BYTES];
      Arrays.fill(bytes, (byte) fill);
      System.arraycopy(header, 0, bytes, 0, header.length);
      decode(bytes);
    }
  }

  private void decode(byte[] bytes) {
    long limit = BYTES_PER_CALL + BYTES_PER_BYTE * bytes.length;
    long allocated = allocatedByDecoding(bytes);
    if (allocated > limit) {
      // The JVM counts what is left of a thread's buffer when a collection takes it away, and
      // loads classes; neither happens again with the same bytes.
      allocated = Math.min(allocatedByDecoding(bytes), allocatedByDecoding(bytes));
    }
    assertThat(allocated)
        .as("bytes allocated for a record of %d with seed %d", bytes.length, seed)
        .isLessThanOrEqualTo(limit);
  }

  private long allocatedByDecoding(byte[] bytes) {
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      codec.decode(bytes);
      decoded++;
    } catch (UndecodableException e) {
      refused++;
      assertThat(REASONS).contains(e.reason());
    } catch (Throwable e) {
      throw new AssertionError(
          "seed " + seed + ": " + HexFormat.of().formatHex(bytes) + " ended in " + e, e);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private SpecificRecord sample(Stream stream) {
    return new SampleEvents(random.nextLong()).any(stream.schema());
  }

  private static byte[] varint(long value) {
    byte[] bytes = new byte[10];
    int length = 0;
    do {
      bytes[length++] = (byte) (value & 0x7F | (value >>> 7 == 0 ? 0 : 0x80));
      value >>>= 7;
    } while (value != 0);
    return Arrays.copyOf(bytes, length);
  }
}
