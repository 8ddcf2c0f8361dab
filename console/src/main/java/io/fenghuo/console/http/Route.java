package io.fenghuo.console.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One declared route of the API: how it is called, by whom, and what answers.
 *
 * @param method GET, POST, PUT or DELETE
 * @param path below {@code /api/v1}, with parameters in braces
 * @param summary for the description of the API
 * @param query names of parameters
 * @param body names of the body's fields; empty when it has none
 * @param answers media type of a good answer
 */
public record Route(
    String method,
    String path,
    Need need,
    String summary,
    List<String> query,
    List<String> body,
    String answers,
    Answering answering) {

  private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");

  /** Answers a call. */
  @FunctionalInterface
  public interface Answering {
    void answer(Call call) throws Exception;
  }

  /**
   * @throws NullPointerException when nothing says who may call it
   */
  public Route {
    Objects.requireNonNull(need, () -> method + " " + path + " says not who may call it");
    Objects.requireNonNull(answering, () -> method + " " + path + " has nothing that answers");
    if (!METHODS.contains(method) || !path.startsWith("/")) {
      throw new IllegalArgumentException(method + " " + path + " is no route");
    }
    query = List.copyOf(query);
    body = List.copyOf(body);
  }

  public static Route get(String path, Need need, String summary, Answering answering) {
    return of("GET", path, need, summary, answering);
  }

  public static Route post(String path, Need need, String summary, Answering answering) {
    return of("POST", path, need, summary, answering);
  }

  public static Route put(String path, Need need, String summary, Answering answering) {
    return of("PUT", path, need, summary, answering);
  }

  public static Route delete(String path, Need need, String summary, Answering answering) {
    return of("DELETE", path, need, summary, answering);
  }

  private static Route of(
      String method, String path, Need need, String summary, Answering answering) {
    return new Route(
        method, path, need, summary, List.of(), List.of(), "application/json", answering);
  }

  public Route query(String... names) {
    return new Route(method, path, need, summary, List.of(names), body, answers, answering);
  }

  /** Also with the parameters of a list. */
  public Route paged(String... names) {
    List<String> all = new ArrayList<>(List.of(names));
    all.add("limit");
    all.add("cursor");
    return new Route(method, path, need, summary, all, body, answers, answering);
  }

  public Route body(String... names) {
    return new Route(method, path, need, summary, query, List.of(names), answers, answering);
  }

  public Route answers(String mediaType) {
    return new Route(method, path, need, summary, query, body, mediaType, answering);
  }

  boolean changes() {
    return !method.equals("GET");
  }
}
