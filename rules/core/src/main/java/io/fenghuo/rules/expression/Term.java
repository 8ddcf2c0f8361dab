package io.fenghuo.rules.expression;

import java.io.Serializable;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A condition, or a part of one, as a tree. */
sealed interface Term extends Serializable {

  /** A property, a figure, an earlier step's property or an enum constant. */
  record Name(String text) implements Term {}

  /** A constant as EPL spells it. */
  record Literal(String text) implements Term {}

  record Call(String function, List<Term> arguments) implements Term {}

  /** An operator with what it stands between, as in {@code x between a and b}. */
  record Operation(String operator, List<Term> operands) implements Term {}

  Literal NULL = new Literal("null");

  static Term operation(String operator, Term... operands) {
    return new Operation(operator, List.of(operands));
  }

  /** Visits every name, from left to right. */
  default void names(Consumer<String> names) {
    if (this instanceof Name name) {
      names.accept(name.text());
    } else if (this instanceof Call call) {
      call.arguments().forEach(argument -> argument.names(names));
    } else if (this instanceof Operation operation) {
      operation.operands().forEach(operand -> operand.names(names));
    }
  }

  /** Whether some part of it is true or false rather than a value. */
  default boolean holdsCondition() {
    if (this instanceof Call call) {
      return call.arguments().stream().anyMatch(Term::holdsCondition);
    }
    return this instanceof Operation operation
        && (!"+-*/%".contains(operation.operator())
            || operation.operands().stream().anyMatch(Term::holdsCondition));
  }

  /**
   * The EPL to compile, with every bracket written out.
   *
   * <p>Esper's own {@code between} and {@code in} are not those of three-valued logic: with null
   * they are false, so that their negation is true, and {@code between} swaps ends that stand the
   * wrong way round. So both are written as the comparisons they stand for. Its remainder by zero
   * throws; ours is null.
   */
  default String render(UnaryOperator<String> naming) {
    if (this instanceof Name name) {
      return naming.apply(name.text());
    }
    if (this instanceof Literal literal) {
      return literal.text();
    }
    if (this instanceof Call call) {
      return call.arguments().stream()
          .map(argument -> argument.render(naming))
          .collect(Collectors.joining(", ", call.function() + "(", ")"));
    }
    Operation operation = (Operation) this;
    List<String> parts = operation.operands().stream().map(part -> part.render(naming)).toList();
    String x = parts.get(0);
    return switch (operation.operator()) {
      case "not" -> "(not " + x + ")";
      case "is null" -> "(" + x + " is null)";
      case "in" ->
          parts.stream()
              .skip(1)
              .map(choice -> x + " = " + choice)
              .collect(Collectors.joining(" or ", "(", ")"));
      case "between" -> "(" + x + " >= " + parts.get(1) + " and " + x + " <= " + parts.get(2) + ")";
      case "%" ->
          "(case when "
              + parts.get(1)
              + " = 0 then null else "
              + x
              + " % "
              + parts.get(1)
              + " end)";
      default -> "(" + String.join(" " + operation.operator() + " ", parts) + ")";
    };
  }
}
