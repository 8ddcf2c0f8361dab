package io.fenghuo.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/** Every version of every stream's schema that was ever written: {@code history/Name/vN.avsc}. */
final class SchemaHistory {
  private static final Map<Long, Schema> BY_FINGERPRINT = load();

  private SchemaHistory() {}

  /** The versions of one stream's schema, oldest first. */
  static List<Schema> of(Stream stream) {
    List<Schema> versions = new ArrayList<>();
    for (int version = 1; ; version++) {
      String path = "/history/" + stream.schema().getName() + "/v" + version + ".avsc";
      try (InputStream in = SchemaHistory.class.getResourceAsStream(path)) {
        if (in == null) {
          return versions;
        }
        versions.add(new Schema.Parser().parse(in));
      } catch (IOException e) {
        throw new UncheckedIOException(path, e);
      }
    }
  }

  /** Every version of every stream's schema by its CRC-64-AVRO fingerprint. */
  static Map<Long, Schema> byFingerprint() {
    return BY_FINGERPRINT;
  }

  private static Map<Long, Schema> load() {
    Map<Long, Schema> schemas = new HashMap<>();
    for (Stream stream : Stream.values()) {
      for (Schema version : of(stream)) {
        schemas.put(SchemaNormalization.parsingFingerprint64(version), version);
      }
      // The fingerprint ignores defaults and docs. The generated schema is put last so that bytes
      // of the current layout are read by the very schema object the classes were made from.
      schemas.put(SchemaNormalization.parsingFingerprint64(stream.schema()), stream.schema());
    }
    return Map.copyOf(schemas);
  }
}
