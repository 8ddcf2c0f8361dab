package io.fenghuo.console.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fenghuo.alerting.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The description of the API, made of the declared routes.
 *
 * @see <a href="https://spec.openapis.org/oas/v3.1.0">OpenAPI 3.1</a>
 */
public final class OpenApi {

  private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

  private OpenApi() {}

  /** In order of path and method, so that a file of it changes only where the API does. */
  public static String of(List<Route> routes) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("openapi", "3.1.0");
    root.putObject("info")
        .put("title", "Fenghuo console")
        .put("version", "v1")
        .put(
            "description",
            "JSON in UTF-8. Times are ISO 8601 in UTC, money is whole fen. Errors are"
                + " application/problem+json. Changing requests carry X-CSRF-Token, or a bearer"
                + " token where x-needs is SHOP.");
    root.putArray("servers").addObject().put("url", Server.BASE);
    ObjectNode paths = root.putObject("paths");
    routes.stream()
        .sorted(Comparator.comparing(Route::path).thenComparing(Route::method))
        .forEach(route -> add(paths, route));
    try {
      return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON", e);
    }
  }

  private static void add(ObjectNode paths, Route route) {
    ObjectNode operation =
        paths
            .withObject("/" + escaped(route.path()))
            .putObject(route.method().toLowerCase(Locale.ROOT));
    operation.put("summary", route.summary());
    operation.put("x-needs", route.need().name());
    Matcher inPath = PARAMETER.matcher(route.path());
    while (inPath.find()) {
      parameter(operation, inPath.group(1), "path", true);
    }
    route.query().forEach(name -> parameter(operation, name, "query", false));
    if (!route.body().isEmpty()) {
      ObjectNode schema =
          operation
              .putObject("requestBody")
              .put("required", true)
              .putObject("content")
              .putObject("application/json")
              .putObject("schema");
      schema.put("type", "object");
      ObjectNode properties = schema.putObject("properties");
      route.body().forEach(properties::putObject);
    }
    ObjectNode responses = operation.putObject("responses");
    responses
        .putObject("200")
        .put("description", "done")
        .putObject("content")
        .putObject(route.answers());
    responses
        .putObject("default")
        .put("description", "not done, and why")
        .putObject("content")
        .putObject("application/problem+json");
  }

  private static void parameter(ObjectNode operation, String name, String in, boolean required) {
    operation
        .withArray("parameters")
        .addObject()
        .put("name", name)
        .put("in", in)
        .put("required", required)
        .putObject("schema")
        .put("type", "string");
  }

  /** As one segment of a JSON pointer. */
  private static String escaped(String path) {
    return path.replace("~", "~0").replace("/", "~1");
  }
}
