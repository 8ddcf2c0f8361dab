package io.fenghuo.alerting.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConsoleChannelTest {

  private final StringWriter printed = new StringWriter();
  private final Channel channel =
      new ConsoleChannel(
          new Wording(Language.ZH, ZoneId.of("Asia/Shanghai"), List.of(), Optional.empty()),
          Language.ZH,
          new PrintWriter(printed),
          true,
          false);

  @Test
  void itPrintsWhatOthersWouldSend() {
    assertThat(ChannelContract.send(channel, ChannelContract.usual(), false))
        .isInstanceOf(Answer.Sent.class);
    Golden.check("console.firing.zh.txt", printed.toString());
  }

  @Test
  void whatIsInALabelDoesNotSteerTheTerminal() {
    ChannelContract.send(channel, ChannelContract.notice("firing", "A\u001b[2J\u0007B", 1), false);
    assertThat(printed.toString()).doesNotContain("\u001b").doesNotContain("\u0007");
  }
}
