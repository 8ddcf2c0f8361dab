package io.fenghuo.alerting.channel;

import com.google.auto.service.AutoService;
import io.fenghuo.alerting.config.Section;
import java.io.PrintWriter;
import java.util.List;

/** Prints what others would send; for trying things out. */
public record ConsoleChannel(
    Wording wording, Language language, PrintWriter out, boolean sendsResolved, boolean testable)
    implements Channel {

  /** {@code console_configs}. */
  @AutoService(ChannelKind.class)
  public static final class Kind implements ChannelKind {
    @Override
    public String key() {
      return "console";
    }

    @Override
    public Channel read(Section section, Surroundings around) {
      return new ConsoleChannel(
          around.wording(),
          around.language(section),
          around.console(),
          section.truth("send_resolved", true),
          section.truth("testable", false));
    }
  }

  @Override
  public List<Outlet> outlets(String address) {
    return List.of(Outlet.unlimited("console"));
  }

  @Override
  public Answer send(Delivery delivery) {
    out.println(
        wording
            .plain(delivery.notice(), language, delivery.now(), delivery.mayRepeat())
            .replaceAll("[\\p{Cntrl}&&[^\n]]", " "));
    out.flush();
    return new Answer.Sent("", "printed");
  }
}
