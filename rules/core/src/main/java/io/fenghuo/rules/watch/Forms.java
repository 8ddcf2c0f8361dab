package io.fenghuo.rules.watch;

/** Packed states begin with the number of their form. */
final class Forms {

  private Forms() {}

  static void check(String watch, byte form, byte expected) {
    if (form != expected) {
      throw new IllegalStateException(
          watch + ": state of form " + form + " (expected: " + expected + ")");
    }
  }
}
