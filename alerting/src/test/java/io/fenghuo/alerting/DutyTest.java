package io.fenghuo.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fenghuo.alerting.FakeProvider.Received;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is called is who is on duty when the message leaves. The stories begin on a Wednesday. */
class DutyTest {

  private static final String TEAM =
      """
      global: { allow_private_hosts: [127.0.0.1] }
      clocks: [ { answer_within: 0s, resolve_within: 0s } ]
      route:
        receiver: ding
        group_by: [shop]
        group_wait: 0s
        group_interval: 24h
        repeat_interval: 240h
        routes: [ { matchers: [ fenghuo_about=~".+" ], receiver: own } ]
      receivers:
        - name: ding
          dingtalk_configs:
            - { endpoint: URL(ding)/robot/send, robots: [ { token: T } ], at: [ "duty:shop" ] }
        - name: empty
          fallback: own
          sms_configs:
            - { endpoint: URL(ding), access_key_id: K, access_key_secret: S, sign_name: 烽火, template_code: SMS_1, to: "duty:nobody" }
        - { name: own, webhook_configs: [ { url: URL(own) } ] }
      people:
        - { id: wang, mobile: "13800000001" }
        - { id: li, mobile: "13800000002" }
        - { id: zhao, mobile: "13800000003" }
      teams:
        - name: shop
          duty:
            rotation: [ wang, li ]
            start: 2026-11-09
            handover_day: monday
            handover_time: "10:00"
            zone: Asia/Shanghai
            holidays: [ 2026-11-13 ]
            holiday_people: [ li ]
            overrides:
              - { from: "2026-11-12T08:00:00+08:00", until: "2026-11-12T20:00:00+08:00", person: zhao }
        - { name: nobody }
      """;

  /** Fires a new alert at each of these hours after the beginning, and says who was called. */
  private static List<String> called(Story story, double... hours) {
    List<String> called = new ArrayList<>();
    for (double hour : hours) {
      story.until(hour * 3600).fire("A", "shop=" + hour);
      List<Received> received = story.receiver("ding").take();
      assertThat(received).hasSize(1);
      JsonNode body = received.get(0).json();
      String mobile = body.path("at").path("atMobiles").path(0).asText();
      // A number that does not stand in the text as well calls nobody.
      assertThat(body.path("markdown").path("text").asText()).contains("@" + mobile);
      called.add(mobile);
    }
    return called;
  }

  @Test
  void theWeekAnOverrideAHolidayAndTheNextWeekDecideWhoIsCalled() {
    try (Story story = new Story(TEAM, "ding", "own")) {
      assertThat(
              called(
                  story, 0, // Wednesday 20:00: the week is wang's
                  12, 23.9, // Thursday 08:00 to 20:00: zhao stands in
                  24, // Thursday 20:00
                  28, // Friday, a holiday
                  52, // Saturday
                  109.9, 110)) // Monday before and at 10:00
          .containsExactly(
              "13800000001",
              "13800000003",
              "13800000003",
              "13800000001",
              "13800000002",
              "13800000001",
              "13800000001",
              "13800000002");
    }
  }

  @Test
  void whenNobodyIsOnDutyTheNextChannelIsToldAndTheFailureCanBeSeen() {
    String routing = TEAM.replace("receiver: ding\n  group_by", "receiver: empty\n  group_by");
    try (Story story = new Story(routing, "ding", "own")) {
      story.fire("A", "shop=1").until(60);
      assertThat(story.receiver("ding").received()).isEmpty();
      assertThat(story.got("own"))
          .containsExactlyInAnyOrder("0 first [A]", "0 first [NotificationFailed]");
      assertThat(
              story.count(
                  "select count(*) from notification where state = 'failed' and reason = 'nobody'"))
          .isEqualTo(1);
    }
  }
}
