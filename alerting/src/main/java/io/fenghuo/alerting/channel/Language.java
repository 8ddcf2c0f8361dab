package io.fenghuo.alerting.channel;

/** What a message is written in. */
public enum Language {
  ZH,
  EN;

  /** The text of this language. */
  public String of(String chinese, String english) {
    return this == ZH ? chinese : english;
  }

  public static Language parse(String text) {
    return switch (text) {
      case "zh" -> ZH;
      case "en" -> EN;
      default -> throw new IllegalArgumentException(text + " (expected: zh or en)");
    };
  }
}
