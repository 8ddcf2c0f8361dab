package io.fenghuo.alerting.api;

import io.fenghuo.alerting.alert.Matcher;
import io.fenghuo.alerting.config.Durations;
import io.fenghuo.alerting.config.InhibitRule;
import io.fenghuo.alerting.config.Route;
import io.fenghuo.alerting.config.Routing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The routing as Alertmanager would write it, for {@code amtool config}: the tree, the receivers'
 * names and the inhibit rules. What only we know is left out, and so is every secret.
 */
final class AlertmanagerYaml {

  private AlertmanagerYaml() {}

  static String of(Routing routing) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("global", Map.of("resolve_timeout", Durations.write(routing.resolveTimeout())));
    file.put("route", route(routing.root(), true));
    List<Object> rules = new ArrayList<>();
    for (InhibitRule rule : routing.inhibitRules()) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("source_matchers", rule.source().stream().map(Matcher::toString).toList());
      each.put("target_matchers", rule.target().stream().map(Matcher::toString).toList());
      each.put("equal", rule.equal());
      rules.add(each);
    }
    if (!rules.isEmpty()) {
      file.put("inhibit_rules", rules);
    }
    file.put(
        "receivers",
        routing.receivers().keySet().stream().map(name -> Map.of("name", name)).toList());
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    return new Yaml(options).dump(file);
  }

  private static Map<String, Object> route(Route route, boolean root) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("receiver", route.receiver());
    if (!route.groupBy().isEmpty()) {
      node.put("group_by", route.groupBy());
    }
    if (!root) {
      if (!route.matchers().isEmpty()) {
        node.put("matchers", route.matchers().stream().map(Matcher::toString).toList());
      }
      node.put("continue", route.continues());
    }
    node.put("group_wait", Durations.write(route.groupWait()));
    node.put("group_interval", Durations.write(route.groupInterval()));
    node.put("repeat_interval", Durations.write(route.repeatInterval()));
    if (!route.routes().isEmpty()) {
      node.put("routes", route.routes().stream().map(child -> route(child, false)).toList());
    }
    return node;
  }
}
