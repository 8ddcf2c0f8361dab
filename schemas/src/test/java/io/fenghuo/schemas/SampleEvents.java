package io.fenghuo.schemas;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/** Records of any schema of ours, the same ones for the same seed. */
final class SampleEvents {
  private static final SpecificData DATA = new SpecificData(SampleEvents.class.getClassLoader());
  private static final String[] TEXTS = {
    "a", "u-0042", "上海", "203.0.113.7", "烽火 \uD83D\uDD25 \"x\""
  };

  private enum Nullables {
    SET,
    NULL,
    EITHER
  }

  private final Random random;
  private int turn;

  SampleEvents(long seed) {
    this.random = new Random(seed);
  }

  /** Every nullable field set; lists long enough to hold every branch of a union. */
  SpecificRecord full(Schema schema) {
    return (SpecificRecord) value(schema, "", Nullables.SET);
  }

  /** Every nullable field null, every list empty. */
  SpecificRecord empty(Schema schema) {
    return (SpecificRecord) value(schema, "", Nullables.NULL);
  }

  SpecificRecord any(Schema schema) {
    return (SpecificRecord) value(schema, "", Nullables.EITHER);
  }

  private Object value(Schema schema, String name, Nullables nullables) {
    return switch (schema.getType()) {
      case RECORD -> {
        SpecificRecord event = (SpecificRecord) DATA.newRecord(null, schema);
        for (Schema.Field field : schema.getFields()) {
          event.put(field.pos(), value(field.schema(), field.name(), nullables));
        }
        yield event;
      }
      case UNION -> {
        List<Schema> branches = schema.getTypes();
        int branch =
            switch (nullables) {
              case NULL -> 0;
              case SET -> 1 + turn++ % (branches.size() - 1);
              case EITHER -> random.nextInt(branches.size());
            };
        yield value(branches.get(branch), name, nullables);
      }
      case ENUM ->
          DATA.createEnum(
              schema.getEnumSymbols().get(turn++ % schema.getEnumSymbols().size()), schema);
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        for (int i = entries(nullables); i > 0; i--) {
          items.add(value(schema.getElementType(), name, nullables));
        }
        yield items;
      }
      case MAP -> {
        Map<String, Object> entries = new LinkedHashMap<>();
        for (int i = entries(nullables); i > 0; i--) {
          entries.put(name + "-" + i, value(schema.getValueType(), name, nullables));
        }
        yield entries;
      }
      case NULL -> null;
      case BOOLEAN -> turn++ % 2 == 0;
      case INT -> random.nextInt() >> random.nextInt(Integer.SIZE);
      case LONG -> random.nextLong() >> random.nextInt(Long.SIZE);
      case DOUBLE -> random.nextInt(-1000, 1000) / 8.0;
      case STRING -> name + "-" + TEXTS[random.nextInt(TEXTS.length)] + "-" + turn++;
      case BYTES -> {
        byte[] bytes = new byte[1 + random.nextInt(20)];
        random.nextBytes(bytes);
        yield ByteBuffer.wrap(bytes);
      }
      case FLOAT, FIXED -> throw new AssertionError(schema + " (no record of ours has one)");
    };
  }

  private int entries(Nullables nullables) {
    return switch (nullables) {
      case NULL -> 0;
      // FeatureValue.value has four branches beside null.
      case SET -> 4;
      case EITHER -> random.nextInt(4);
    };
  }
}
