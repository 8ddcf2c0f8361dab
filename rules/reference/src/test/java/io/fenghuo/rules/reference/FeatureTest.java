package io.fenghuo.rules.reference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FeatureTest {

  private static final String LOGINS = "of: LoginEvent, window: 10 seconds, aggregate: ";

  @Test
  void theWindowIsOpenAtItsFarEndAndClosedAtTheTrigger() {
    Scene scene =
        new Scene()
            .feature("user.all", "of: \"OrderEvent, LoginEvent\", aggregate: count, window: 10s")
            .login("a", 0, true)
            .login("b", 1, true)
            .order("c", 10_000);
    assertThat(scene.at("c")).containsEntry("user.all", 2L);
  }

  @Test
  void atTheSameTimeOnlySmallerIdsAreThere() {
    Scene scene =
        new Scene()
            .feature("user.logins", LOGINS + "count")
            .login("a", 5000, true)
            .login("c", 5000, true)
            .order("b", 5000);
    assertThat(scene.at("b")).containsEntry("user.logins", 1L);
  }

  @Test
  void duplicatesCountOnce() {
    Scene scene =
        new Scene()
            .feature("user.logins", LOGINS + "count")
            .login("a", 1, true)
            .login("a", 1, true)
            .order("b", 5)
            .order("b", 5);
    assertThat(scene.at("b")).containsEntry("user.logins", 1L);
    assertThat(scene.decisions()).hasSize(1);
  }

  @Test
  void theOrderOfArrivalDoesNotMatter() {
    Scene scene =
        new Scene()
            .feature("user.logins", LOGINS + "count")
            .order("b", 5)
            .login("c", 6, true)
            .login("a", 1, true);
    assertThat(scene.at("b")).containsEntry("user.logins", 1L);
  }

  @Test
  void countCountsWhatTheFilterMatches() {
    Scene scene =
        new Scene()
            .feature("user.failed", "of: LoginEvent(success = false), aggregate: count, window: 1h")
            .login("a", 1, false)
            .login("b", 2, true)
            .login("c", 3, false)
            .order("d", 4);
    assertThat(scene.at("d")).containsEntry("user.failed", 2L);
  }

  @Test
  void sumsOfLongsAreLongAndOfDoublesDouble() {
    Scene scene =
        new Scene()
            .feature("user.spend", "of: OrderEvent, aggregate: sum, field: amount, window: 1h")
            .feature("user.north", LOGINS + "sum, field: latitude")
            .feature("user.tiers", "of: OrderEvent, aggregate: sum, field: cityTier, window: 1h")
            .login("a", 1, login -> login.setLatitude(1.5))
            .login("b", 2, login -> login.setLatitude(null))
            .login("c", 3, login -> login.setLatitude(2.25))
            .order("d", 4, order -> order.setCityTier(2))
            .order("e", 5, order -> order.setOrderId("o2"));
    assertThat(scene.at("e"))
        .containsEntry("user.spend", 200L)
        .containsEntry("user.north", 3.75)
        .containsEntry("user.tiers", 2L);
  }

  @Test
  void avgMinAndMaxLookAtEventsWithAValueOnly() {
    Scene scene =
        new Scene()
            .feature("user.avg", LOGINS + "avg, field: latitude")
            .feature("user.min", LOGINS + "min, field: latitude")
            .feature("user.max", LOGINS + "max, field: latitude")
            .feature("user.mean", "of: OrderEvent, aggregate: avg, field: amount, window: 1h")
            .login("a", 1, login -> login.setLatitude(4.0))
            .login("b", 2, true)
            .login("c", 3, login -> login.setLatitude(1.0))
            .order("d", 4, order -> order.setAmount(1))
            .order(
                "e",
                5,
                order -> {
                  order.setAmount(2);
                  order.setOrderId("o2");
                });
    assertThat(scene.at("e"))
        .containsEntry("user.avg", 2.5)
        .containsEntry("user.min", 1.0)
        .containsEntry("user.max", 4.0)
        .containsEntry("user.mean", 1.5);
  }

  @Test
  void distinctCountsDifferentValues() {
    Scene scene =
        new Scene()
            .feature(
                "device.users",
                "of: \"OrderEvent, LoginEvent\", aggregate: distinct, field: userId, window: 24h")
            .login("a", 1, login -> login.setUserId("u2"))
            .login("b", 2, login -> login.setUserId(null))
            .login("c", 3, login -> login.setUserId("u2"))
            .order("d", 4);
    assertThat(scene.at("d")).containsEntry("device.users", 2L);
  }

  @Test
  void firstAndLastTakeTheEndsOfTheWindow() {
    Scene scene =
        new Scene()
            .feature("user.first", LOGINS + "first, field: place")
            .feature("user.last", LOGINS + "last, field: place")
            .feature("user.ok", LOGINS + "last, field: success")
            .login("a", 1, login -> login.setPlace("Beijing"))
            .login("b", 2, login -> login.setPlace("Shanghai"))
            .login("c", 3, false)
            .order("d", 4);
    assertThat(scene.at("d"))
        .containsEntry("user.first", "Beijing")
        .containsEntry("user.last", "Shanghai")
        .containsEntry("user.ok", false);
  }

  @Test
  void previousLeavesOutTheTrigger() {
    Scene scene =
        new Scene()
            .feature(
                "user.amount", "of: OrderEvent, aggregate: previous, field: amount, window: 1h")
            .feature("user.place", LOGINS + "previous, field: place")
            .login("a", 1, login -> login.setPlace("Beijing"))
            .order("b", 2, order -> order.setAmount(7))
            .order(
                "c",
                3,
                order -> {
                  order.setOrderId("o2");
                  order.setAmount(8);
                });
    assertThat(scene.at("b")).containsEntry("user.amount", null);
    assertThat(scene.at("c"))
        .containsEntry("user.amount", 7L)
        .containsEntry("user.place", "Beijing");
  }

  @Test
  void ageIsTheTimeSinceTheFirstEventOfTheSameValue() {
    Scene scene =
        new Scene()
            .feature(
                "user.device_age",
                "of: \"LoginEvent, OrderEvent\", aggregate: age, field: deviceId, window: 1h")
            .login("a", 1, login -> login.setDeviceId("d2"))
            .login("b", 2, true)
            .login("c", 3, true)
            .order("d", 10)
            .order(
                "e",
                20,
                order -> {
                  order.setOrderId("o2");
                  order.setDeviceId("d3");
                })
            .order(
                "f",
                30,
                order -> {
                  order.setOrderId("o3");
                  order.setDeviceId(null);
                });
    assertThat(scene.at("d")).containsEntry("user.device_age", 8L);
    assertThat(scene.at("e")).containsEntry("user.device_age", 0L);
    assertThat(scene.at("f")).containsEntry("user.device_age", null);
  }

  @Test
  void ageIsUnknownWhenTheTriggerLacksTheField() {
    Scene scene =
        new Scene()
            .feature("user.place_age", LOGINS + "age, field: place")
            .login("a", 1, login -> login.setPlace("Beijing"))
            .order("b", 2);
    assertThat(scene.at("b")).containsEntry("user.place_age", null);
  }

  @Test
  void anEmptyWindowIsZeroOrUnknown() {
    Scene scene =
        new Scene()
            .feature("user.count", LOGINS + "count")
            .feature("user.sum", LOGINS + "sum, field: latitude")
            .feature("user.distinct", LOGINS + "distinct, field: place")
            .feature("user.avg", LOGINS + "avg, field: latitude")
            .feature("user.min", LOGINS + "min, field: latitude")
            .feature("user.last", LOGINS + "last, field: latitude")
            .order("a", 1);
    assertThat(scene.at("a"))
        .containsEntry("user.count", 0L)
        .containsEntry("user.sum", 0.0)
        .containsEntry("user.distinct", 0L)
        .containsEntry("user.avg", null)
        .containsEntry("user.min", null)
        .containsEntry("user.last", null);
  }

  @Test
  void featuresOfAnEntityTheTriggerDoesNotConcernAreUnknown() {
    Scene scene =
        new Scene()
            .feature("user.count", LOGINS + "count")
            .feature("product.count", "of: TrafficEvent, aggregate: count, window: 1h")
            .order("a", 1, order -> order.setUserId(null));
    assertThat(scene.at("a"))
        .containsEntry("user.count", null)
        .containsEntry("product.count", null);
  }

  @Test
  void featuresAreReportedAtTheFirstCreationOnly() {
    Scene scene = new Scene().feature("user.count", LOGINS + "count").order("a", 1).order("b", 2);
    assertThat(scene.run().features()).containsOnlyKeys("a");
  }
}
