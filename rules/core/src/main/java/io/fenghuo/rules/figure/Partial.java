package io.fenghuo.rules.figure;

import io.fenghuo.rules.journal.Packer;
import io.fenghuo.rules.journal.Unpacker;
import java.util.Arrays;

/**
 * What a few events contribute to one figure of one combination of dimension values, in the
 * shortest window it is kept in.
 *
 * @param figure the definition's key
 * @param values of the dimensions, in the definition's order
 * @param time of the latest of them, milliseconds
 * @param numerator null when nothing was contributed to it
 * @param denominator likewise
 */
public record Partial(
    String figure, String[] values, long time, Amount numerator, Amount denominator) {

  public void pack(Packer out) {
    out.text(figure).number(values.length);
    for (String value : values) {
      out.text(value);
    }
    out.number(time);
    pack(numerator, out);
    pack(denominator, out);
  }

  private static void pack(Amount amount, Packer out) {
    out.truth(amount != null);
    if (amount != null) {
      amount.pack(out);
    }
  }

  public static Partial unpack(Unpacker in) {
    String figure = in.text();
    String[] values = new String[in.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.text();
    }
    return new Partial(
        figure,
        values,
        in.number(),
        in.truth() ? Amount.unpack(in) : null,
        in.truth() ? Amount.unpack(in) : null);
  }

  @Override
  public String toString() {
    return figure + Arrays.toString(values) + "@" + time;
  }
}
