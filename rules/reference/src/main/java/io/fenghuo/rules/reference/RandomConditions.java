package io.fenghuo.rules.reference;

import io.fenghuo.rules.reference.Vocabulary.Kind;
import io.fenghuo.rules.reference.Vocabulary.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Random conditions that a strongly typed EPL compiler takes: a thing is compared with its like.
 */
final class RandomConditions {

  private final Dice dice;

  RandomConditions(Dice dice) {
    this.dice = dice;
  }

  String nested(List<Operand> operands, int depth) {
    int roll = dice.below(100);
    if (depth == 0 || roll < 30) {
      return leaf(operands);
    }
    String a = nested(operands, depth - 1);
    String b = nested(operands, depth - 1);
    if (roll < 50) {
      return group(a) + " and " + group(b);
    }
    if (roll < 85) {
      return group(a) + " or " + group(b);
    }
    if (roll < 90) {
      // No parentheses: the reader must know that "and" binds tighter.
      return leaf(operands) + " or " + leaf(operands) + " and " + leaf(operands);
    }
    return "not " + group(a);
  }

  /** One comparison, a feature or sequence as often as a property. */
  String leaf(List<Operand> operands) {
    List<Operand> figures = operands.stream().filter(o -> o.text().contains(".")).toList();
    boolean figure = !figures.isEmpty() && dice.chance(0.65);
    Operand operand = dice.oneOf(figure ? figures : operands);
    return switch (operand.kind()) {
      case LONG, DOUBLE -> number(operand, operands);
      case STRING -> string(operand, operands);
      case BOOLEAN -> operand.text() + dice.oneOf(" = true", " = true", " = false", " != true");
      case ENUM -> constant(operand, operands);
    };
  }

  /** A comparison of a property with the same of an earlier step. */
  String correlation(List<Operand> own, List<Operand> earlier) {
    List<String> found = new ArrayList<>();
    for (Operand mine : own) {
      for (Operand theirs : earlier) {
        if (mine.pool().equals(theirs.pool()) && mine.kind() != Kind.BOOLEAN) {
          boolean number = mine.kind() == Kind.LONG || mine.kind() == Kind.DOUBLE;
          found.add(
              mine.text()
                  + (number ? dice.oneOf(" >= ", " < ", " <= ") : dice.oneOf(" = ", " != "))
                  + theirs.text());
          if (mine.kind() == Kind.LONG) {
            found.add("%s - %s > 100".formatted(mine.text(), theirs.text()));
          }
        }
      }
    }
    if (found.isEmpty() || dice.chance(0.1)) {
      return leaf(earlier);
    }
    return dice.oneOf(found);
  }

  private String number(Operand operand, List<Operand> operands) {
    String x = operand.text();
    String literal = Vocabulary.literal(dice, operand);
    boolean whole = operand.kind() == Kind.LONG;
    switch (dice.below(14)) {
      case 0:
        return x + dice.oneOf(" between ", " not between ") + ordered(operand);
      case 1:
        return x + comparison() + sameSize(operand, operands);
      case 2:
        return "%s + %s%s%s".formatted(x, sameSize(operand, operands), comparison(), literal);
      case 3:
        return "(%s - %s) * 2%s%s".formatted(x, literal, comparison(), dice.oneOf("0", "-1", "3"));
      case 4:
        return "%s / %s%s%s"
            .formatted(x, other(operand, operands), comparison(), dice.oneOf("0.5", "1.5", "2"));
      case 5:
        return whole
            ? "%s %% %d%s%d".formatted(x, dice.between(2, 7), dice.oneOf(" = ", " <= "), 1)
            : x + comparison() + literal;
      case 6:
        return "coalesce(%s, %s)%s%s".formatted(x, literal, comparison(), literal(operand));
      case 7:
        return operand.nullable()
            ? x + dice.oneOf(" is null", " is not null")
            : x + comparison() + literal;
      case 8:
        return whole
            ? "%s%s(%s, %s, %s)"
                .formatted(
                    x,
                    dice.oneOf(" in ", " in ", " not in "),
                    literal,
                    literal(operand),
                    literal(operand))
            : x + comparison() + literal;
      case 9:
        return whole ? x + dice.oneOf(" = ", " != ", " <> ") + literal : x + " > " + literal;
      case 10:
        return whole ? "%s like '%d%%'".formatted(x, dice.between(1, 9)) : x + " < " + literal;
      default:
        return x + comparison() + literal;
    }
  }

  private String string(Operand operand, List<Operand> operands) {
    String x = operand.text();
    String literal = literal(operand);
    String inside = literal.substring(1, literal.length() - 1);
    switch (dice.below(10)) {
      case 0:
        return x + dice.oneOf(" = ", " != ") + sameSize(operand, operands);
      case 1:
        return "%s%s(%s, %s)"
            .formatted(x, dice.oneOf(" in ", " in ", " not in "), literal, literal(operand));
      case 2:
        return x + dice.oneOf(" like '", " not like '") + inside.substring(0, 1) + "%'";
      case 3:
        return x + " like '%" + inside.substring(inside.length() - 1) + "'";
      case 4:
        return x + " like '_" + inside.substring(1) + "'";
      case 5:
        return operand.nullable()
            ? x + dice.oneOf(" is null", " is not null")
            : x + " != " + literal;
      case 6:
        return "coalesce(%s, %s) = %s".formatted(x, literal, literal(operand));
      case 7:
        return x + " = \"" + inside + "\"";
      default:
        return x + dice.oneOf(" = ", " != ", " != ", " <> ") + literal;
    }
  }

  private String constant(Operand operand, List<Operand> operands) {
    String x = operand.text();
    return switch (dice.below(5)) {
      case 0 -> x + " in (" + literal(operand) + ", " + literal(operand) + ")";
      case 1 -> x + " not in (" + literal(operand) + ", " + literal(operand) + ")";
      case 2 -> x + " != " + literal(operand);
      case 3 -> x + " = " + sameSize(operand, operands);
      default -> x + " = " + literal(operand);
    };
  }

  /** Another operand of the same pool, or else a literal. */
  private String sameSize(Operand operand, List<Operand> operands) {
    List<Operand> others =
        operands.stream()
            .filter(o -> o.kind() == operand.kind() && o.pool().equals(operand.pool()))
            .filter(o -> !o.text().equals(operand.text()))
            .toList();
    return others.isEmpty() ? literal(operand) : dice.oneOf(others).text();
  }

  /** Any other number, zero among them. */
  private String other(Operand operand, List<Operand> operands) {
    List<Operand> others =
        operands.stream()
            .filter(o -> o.kind() == Kind.LONG && !o.text().equals(operand.text()))
            .toList();
    return others.isEmpty() ? "2" : dice.oneOf(others).text();
  }

  private String ordered(Operand operand) {
    TreeSet<Double> ends = new TreeSet<>();
    String a = literal(operand).replace("L", "");
    String b = literal(operand).replace("L", "");
    ends.add(Double.valueOf(a));
    ends.add(Double.valueOf(b));
    boolean ascending = ends.first().equals(Double.valueOf(a));
    return ascending ? a + " and " + b : b + " and " + a;
  }

  private String literal(Operand operand) {
    return Vocabulary.literal(dice, operand);
  }

  private String comparison() {
    return dice.oneOf(" > ", " >= ", " >= ", " < ", " <= ");
  }

  private String group(String condition) {
    return "(" + condition + ")";
  }
}
