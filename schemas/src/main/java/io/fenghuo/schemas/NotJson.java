package io.fenghuo.schemas;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.regex.Pattern;

/** Says to people where a text stops being JSON, without the parser's words about itself. */
public final class NotJson {

  private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;\\]]*; ([^\\]]*)\\]");

  private NotJson() {}

  /** As {@code not JSON at line 1, column 15: Unexpected end-of-input: …}. */
  public static String said(JsonProcessingException problem) {
    JsonLocation at = problem.getLocation();
    String where = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    return "not JSON"
        + where
        + ": "
        + SOURCE.matcher(problem.getOriginalMessage()).replaceAll("$1");
  }
}
