package io.fenghuo.local;

import io.fenghuo.schemas.Stream;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a stream's name, which is its topic, from the command line. */
final class StreamConverter implements ITypeConverter<Stream> {

  /** The names, for --help. */
  static final class Names implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }

  @Override
  public Stream convert(String topic) {
    return Stream.ofTopic(topic)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "no stream '" + topic + "'; there are " + String.join(", ", names())));
  }

  private static List<String> names() {
    return Arrays.stream(Stream.values()).map(Stream::topic).toList();
  }
}
