package io.fenghuo.local.simulate;

/** What the shop sells. A product is a number; its price and category follow from it. */
final class Catalogue {

  private static final int CATEGORIES = 48;
  private static final double MEDIAN_PRICE = 6_000;

  private final long size;
  private final long salt;

  Catalogue(long size, long seed) {
    this.size = size;
    this.salt = Dice.mix(seed, 29);
  }

  /** A product somebody looks at, popular ones more often. */
  long any(Dice dice) {
    double x = dice.uniform() + 0.1;
    return (long) (size * ((x * x - 0.01) / 1.2));
  }

  String productId(long product) {
    return Names.of("p", product * 0x5DEECE66DL + salt, 7);
  }

  String categoryId(long product) {
    return "c" + Long.remainderUnsigned(Dice.mix(salt + 1, product), CATEGORIES);
  }

  /** In fen, ending in 90 as prices do; ¥2 to ¥1,900. */
  long price(long product) {
    long yuan = (long) (Dice.logNormal(Dice.mix(salt + 2, product), MEDIAN_PRICE, 1.0) / 100);
    return yuan * 100 + 90;
  }
}
