package io.fenghuo.rules.figure;

/** Where the pieces of a figure lie when they are not in use. */
public interface Shelf {

  /** Null when there is none. */
  byte[] read(long drawer, String key);

  void write(long drawer, String key, byte[] piece);
}
