package io.fenghuo.rules.assess;

import static org.assertj.core.api.Assertions.assertThat;

import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.EventType;
import io.fenghuo.rules.journal.Entry;
import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import io.fenghuo.schemas.ListKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written to state or sent on is read back as it was. */
class PackingTest {
  private static final String LETTERS = "aZ0-_ é订😀\0";

  private final Packer packer = new Packer();
  private Random random = new Random();

  private String text() {
    StringBuilder text = new StringBuilder();
    LETTERS.codePoints().filter(c -> random.nextBoolean()).forEach(text::appendCodePoint);
    return text.toString();
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(2_000)];
    random.nextBytes(bytes);
    return bytes;
  }

  private long number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(100);
      case 1 -> Long.MAX_VALUE;
      case 2 -> Long.MIN_VALUE;
      default -> random.nextLong();
    };
  }

  private long[] words() {
    return random.longs(random.nextInt(4)).toArray();
  }

  private Object value() {
    return switch (random.nextInt(6)) {
      case 0 -> number();
      case 1 -> Double.longBitsToDouble(random.nextLong());
      case 2 -> text();
      case 3 -> true;
      case 4 -> false;
      default -> null;
    };
  }

  private Object[] values() {
    return some(this::value).toArray();
  }

  private <T> List<T> some(Supplier<T> supplier) {
    List<T> all = new ArrayList<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      all.add(supplier.get());
    }
    return all;
  }

  private <T> T oneOf(T[] all) {
    return all[random.nextInt(all.length)];
  }

  private <T> T maybe(Supplier<T> supplier) {
    return random.nextBoolean() ? supplier.get() : null;
  }

  /** What an entry has read out of itself so far does not matter. */
  private static boolean same(Entry a, Entry b) {
    return Arrays.equals(packed(a), packed(b));
  }

  private static byte[] packed(Entry entry) {
    Packer packer = new Packer();
    entry.pack(packer);
    return packer.toBytes();
  }

  private Visit visit() {
    if (random.nextInt(5) == 0) {
      return Visit.ofListEntry(oneOf(EntityKind.values()), text(), bytes());
    }
    return Visit.of(
        oneOf(EntityKind.values()),
        text(),
        new Entry(
            oneOf(EventType.values()), text(), number(), random.nextLong(), values(), bytes()),
        maybe(this::words),
        text(),
        random.nextInt(128),
        maybe(this::words),
        random.nextBoolean());
  }

  private Finding finding() {
    Object[] figures = maybe(this::values);
    boolean left = figures != null;
    return new Finding(
        text(),
        oneOf(EntityKind.values()),
        oneOf(EventType.values()),
        text(),
        number(),
        random.nextInt(128),
        maybe(this::bytes),
        maybe(this::words),
        words(),
        words(),
        figures,
        left
            ? some(
                () ->
                    new Finding.Witness(
                        oneOf(EventType.values()), text(), number(), bytes(), words()))
            : List.of(),
        left ? some(() -> new Finding.Match(random.nextInt(99), some(this::bytes))) : List.of(),
        some(() -> new Finding.ListNote("DENY", text(), text())));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void visitsAndFindings(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      Visit visit = visit();
      packer.reset();
      visit.pack(packer);
      Unpacker in = new Unpacker(packer.toBytes());
      assertThat(Visit.unpack(in))
          .usingRecursiveComparison()
          .withEqualsForType(PackingTest::same, Entry.class)
          .isEqualTo(visit);
      assertThat(in.atEnd()).isTrue();

      Finding finding = finding();
      packer.reset();
      finding.pack(packer);
      in = new Unpacker(packer.toBytes());
      assertThat(Finding.unpack(in)).usingRecursiveComparison().isEqualTo(finding);
      assertThat(in.atEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void entitiesAndOrders(long seed) {
    random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      EntityState state = new EntityState();
      state.layout = random.nextLong();
      for (int n = random.nextInt(20); n > 0; n--) {
        state.journal.add(
            new Entry(
                oneOf(EventType.values()),
                text(),
                random.nextInt(1_000),
                random.nextLong(),
                values(),
                bytes()));
      }
      state.lists.addAll(
          some(() -> new ListStanding(oneOf(ListKind.values()), number(), number(), text())));
      state.clocks.addAll(some(() -> new Clock(text(), number(), number(), bytes())));
      some(this::visit).stream().filter(visit -> visit.type() != null).forEach(state::hold);
      EntityState read = EntityState.unpack(state.pack(packer));
      assertThat(read.journal)
          .usingRecursiveComparison()
          .withEqualsForType(PackingTest::same, Entry.class)
          .isEqualTo(state.journal);
      assertThat(read.lists).isEqualTo(state.lists);
      assertThat(read.clocks).usingRecursiveComparison().isEqualTo(state.clocks);
      assertThat(read.waiting)
          .usingRecursiveComparison()
          .withEqualsForType(PackingTest::same, Entry.class)
          .isEqualTo(state.waiting);
      assertThat(read.layout).isEqualTo(state.layout);
      assertThat(read.pack(packer)).isEqualTo(state.pack(packer));

      OrderCase order = new OrderCase();
      order.decided = random.nextBoolean();
      order.decision = maybe(this::bytes);
      some(this::finding).forEach(order::add);
      some(this::text).forEach(order::settle);
      OrderCase again = OrderCase.unpack(order.pack(packer));
      assertThat(again).usingRecursiveComparison().isEqualTo(order);
    }
  }
}
