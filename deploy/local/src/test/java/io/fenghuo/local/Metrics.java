package io.fenghuo.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** The risk job's own figures on a page for Prometheus. */
record Metrics(List<String> lines) {

  static Metrics of(URI page) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page).build();
    return new Metrics(
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofString())
            .body()
            .lines()
            .toList());
  }

  /**
   * Over all subtasks and values of its label, whose name stands before the counter's: {@code
   * type_events}.
   */
  long sum(String name) {
    String counter = "flink_taskmanager_job_task_operator_fenghuo_" + name + "\\{.*";
    return lines.stream()
        .filter(line -> line.matches(counter))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
