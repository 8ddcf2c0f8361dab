package io.fenghuo.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a person would read is printed, whoever it would have been sent to. */
class ReceiverTest {

  @Test
  void aCardWithItsButton() {
    assertThat(
            Receiver.readable(
                "access_token=T",
                "{\"msgtype\":\"actionCard\",\"actionCard\":{\"text\":\"### A\",\"singleTitle\":\"OK\",\"singleURL\":\"http://x\"}}"))
        .isEqualTo("### A\n[ OK ] http://x");
  }

  @Test
  void anSms() {
    assertThat(
            Receiver.readable(
                "PhoneNumbers=13800000001&SignName=%E7%83%BD%E7%81%AB&TemplateParam=%7B%22content%22%3A%22A%22%7D",
                ""))
        .isEqualTo("SMS 13800000001 【烽火】{\"content\":\"A\"}");
  }

  @Test
  void aCardOfFeishu() {
    assertThat(
            Receiver.readable(
                null,
                "{\"card\":{\"header\":{\"title\":{\"content\":\"A\"}},\"elements\":[{\"content\":\"b\"},"
                    + "{\"actions\":[{\"url\":\"http://x\",\"text\":{\"content\":\"OK\"}}]}]}}"))
        .isEqualTo("A\nb\n\n[ OK ] http://x");
  }

  @Test
  void whatIsNotKnownAsItIs() {
    assertThat(Receiver.readable(null, "not JSON")).isEqualTo("not JSON");
    assertThat(Receiver.readable(null, "{\"a\":1}")).isEqualTo("{\"a\":1}");
  }
}
