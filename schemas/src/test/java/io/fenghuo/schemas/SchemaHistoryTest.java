package io.fenghuo.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaFormatter;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What was once written stays readable. Each version of a record has its schema in {@code
 * history/Name/vN.avsc} and its bytes in {@code golden/Name/vN.hex}, one record a line, with the
 * content they must be read to in {@code vN.json}, a list of as many.
 */
class SchemaHistoryTest {
  private static final Path DRAFTS = Path.of("target", "drafts");

  @ParameterizedTest
  @EnumSource
  void the_newest_version_in_history_is_the_current_schema(Stream stream) throws IOException {
    List<Schema> versions = SchemaHistory.of(stream);
    Schema newest = versions.isEmpty() ? null : versions.get(versions.size() - 1);

    // Schemas are equal whatever their docs say.
    if (!stream.schema().equals(newest)) {
      String name = stream.schema().getName();
      String next = name + "/v" + (versions.size() + 1);
      draft("history/" + next + ".avsc", SchemaFormatter.format("json/pretty", stream.schema()));
      draftGolden(stream, next);
      fail(
          name
              + " differs from its newest version in history, v"
              + versions.size()
              + ". Never edit an old version: look at the drafts in schemas/"
              + DRAFTS
              + " and add src/main/resources/history/"
              + next
              + ".avsc with src/test/resources/golden/"
              + next
              + ".hex and .json");
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_version_can_be_read_as_the_current_schema(Stream stream) {
    for (Schema version : SchemaHistory.of(stream)) {
      var compatibility =
          SchemaCompatibility.checkReaderWriterCompatibility(stream.schema(), version);

      assertThat(compatibility.getType())
          .as(compatibility.getDescription())
          .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_bytes_of_every_version_are_read_to_what_they_meant(Stream stream) throws Exception {
    EventCodec codec = EventCodec.singleObject();
    for (int version = 1; version <= SchemaHistory.of(stream).size(); version++) {
      List<byte[]> bytes = goldenBytes(stream, version);
      List<SpecificRecord> events = goldenEvents(stream, version);

      assertThat(bytes).hasSameSizeAs(events).hasSizeGreaterThanOrEqualTo(2);
      for (int i = 0; i < bytes.size(); i++) {
        assertThat(codec.decode(bytes.get(i)))
            .as(stream + " v" + version + ", record " + (i + 1))
            .isEqualTo(events.get(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_newest_versions_bytes_are_written_today(Stream stream) throws IOException {
    EventCodec codec = EventCodec.singleObject();
    int newest = SchemaHistory.of(stream).size();
    List<byte[]> bytes = goldenBytes(stream, newest);
    List<SpecificRecord> events = goldenEvents(stream, newest);

    for (int i = 0; i < events.size(); i++) {
      assertThat(codec.encode(events.get(i)))
          .as(stream + " v" + newest + ", record " + (i + 1))
          .isEqualTo(bytes.get(i));
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_golden_records_hold_every_field_both_set_and_null(Stream stream) throws IOException {
    List<SpecificRecord> events = goldenEvents(stream, SchemaHistory.of(stream).size());

    for (Schema.Field field : stream.schema().getFields()) {
      assertThat(events)
          .as(field.name())
          .anySatisfy(event -> assertThat(event.get(field.pos())).isNotNull());
      if (field.schema().isNullable()) {
        assertThat(events)
            .as(field.name())
            .anySatisfy(event -> assertThat(event.get(field.pos())).isNull());
      }
    }
  }

  private static List<byte[]> goldenBytes(Stream stream, int version) throws IOException {
    List<byte[]> bytes = new ArrayList<>();
    for (String line : golden(stream, version, ".hex").lines().toList()) {
      bytes.add(HexFormat.of().parseHex(line));
    }
    return bytes;
  }

  private static List<SpecificRecord> goldenEvents(Stream stream, int version) throws IOException {
    List<SpecificRecord> events = new ArrayList<>();
    for (JsonNode event : new ObjectMapper().readTree(golden(stream, version, ".json"))) {
      events.add(EventJson.fromJson(stream.schema(), event.toString()));
    }
    return events;
  }

  private static String golden(Stream stream, int version, String suffix) throws IOException {
    String name = stream.schema().getName() + "/v" + version;
    try (InputStream in = SchemaHistoryTest.class.getResourceAsStream("/golden/" + name + suffix)) {
      if (in == null) {
        draftGolden(stream, name);
        return fail(
            "golden/"
                + name
                + suffix
                + " is missing (expected for every version in history): look at the drafts in"
                + " schemas/"
                + DRAFTS
                + ", written with today's schema, and add them to src/test/resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void draftGolden(Stream stream, String version) throws IOException {
    EventCodec codec = EventCodec.singleObject();
    SampleEvents samples = new SampleEvents(version.hashCode());
    StringBuilder hex = new StringBuilder();
    StringBuilder json = new StringBuilder("[");
    for (SpecificRecord event :
        List.of(samples.full(stream.schema()), samples.empty(stream.schema()))) {
      hex.append(HexFormat.of().formatHex(codec.encode(event))).append('\n');
      json.append(json.length() == 1 ? "\n" : ",\n").append(EventJson.toJson(event));
    }
    draft("golden/" + version + ".hex", hex.toString());
    draft("golden/" + version + ".json", json.append("\n]\n").toString());
  }

  private static void draft(String file, String content) throws IOException {
    Path path = DRAFTS.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
