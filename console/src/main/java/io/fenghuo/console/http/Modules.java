package io.fenghuo.console.http;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which modules a page is made of. A browser that is told of them at once need not find them one
 * after the other, each within the one before.
 */
final class Modules {

  /** How our modules begin; what is imported later, in a function, is not wanted yet. */
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:[^;']* from )?'([^']+)'", Pattern.MULTILINE);

  private final Function<String, Optional<String>> text;

  /**
   * @param text of a module by its path, as {@code pages/live.js}; empty when there is none
   */
  Modules(Function<String, Optional<String>> text) {
    this.text = text;
  }

  /** A module that is there and all that it imports, itself first. */
  Set<String> of(String path) {
    Set<String> found = new LinkedHashSet<>();
    collect(path, found);
    return found;
  }

  private void collect(String path, Set<String> found) {
    Optional<String> module = found.contains(path) ? Optional.empty() : text.apply(path);
    if (module.isEmpty()) {
      return;
    }
    found.add(path);
    Matcher imports = IMPORT.matcher(module.get());
    while (imports.find()) {
      collect(URI.create(path).resolve(imports.group(1)).toString(), found);
    }
  }
}
