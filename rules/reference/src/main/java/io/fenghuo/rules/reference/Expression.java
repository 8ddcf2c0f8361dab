package io.fenghuo.rules.reference;

import java.util.function.Function;

/** A parsed condition or operand. Its value is Long, Double, Boolean, String, an enum or null. */
@FunctionalInterface
interface Expression {
  Object eval(Function<String, Object> names);
}
