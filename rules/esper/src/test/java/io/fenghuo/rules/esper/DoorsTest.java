package io.fenghuo.rules.esper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.definition.RuleSet;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No text in a rule reaches Java: the door refuses it, and Esper would too if it came in by another
 * way.
 */
class DoorsTest {
  private static RuleErrors refusal(String condition) {
    String yaml = "title: { zh: T, en: T }\nwhen: |-\n  OrderEvent(" + condition + ")";
    return catchThrowableOfType(
        RuleErrors.class,
        () -> EsperCompiler.compile(Plan.of(RuleSet.read(Map.of("order/x.yaml", yaml)))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.Runtime.getRuntime().exec('id') is null",
        "System.exit(1) = 1",
        "Class.forName('java.lang.Runtime') is null",
        "new java.io.File('x') is null",
        "expression js:f() [1] f() = 1",
        "userId.getClass().getClassLoader() is null",
        "(select orderId from OrderEvent) = 'x'",
        "@Hint('x') amount > 1",
        "amount > 1 /* */",
        "amount > 1 -- x",
        "`amount` > 1",
        "userId = 'a",
        // What is spelt well but means nothing is found by Esper.
        "amount = 'x'",
        "amount",
        "userId > 1",
        "not amount",
        "kilometres(1, 2) > 1",
        "kilometres(userId, 1, 2, 3) > 1",
        "userId + 1 > 1",
        "amount and true",
        "coalesce(userId, amount) = 1",
      })
  void aRuleThatReachesBeyondTheLanguageIsRefusedWithFileAndLine(String condition) {
    RuleErrors refusal = refusal(condition);
    assertThat(refusal).as(condition).isNotNull();
    assertThat(refusal.errors()).isNotEmpty();
    assertThat(refusal.errors())
        .allSatisfy(
            error -> {
              assertThat(error.file()).isEqualTo("order/x.yaml");
              assertThat(error.line()).isEqualTo(2);
              assertThat(error.message()).isNotBlank();
            });
  }

  private static EPCompiled compile(String epl) throws Exception {
    Plan plan = Plan.of(RuleSet.read(Map.of()));
    return EPCompilerProvider.getCompiler()
        .compile(epl, new CompilerArguments(EsperCompiler.configuration(plan)));
  }

  @Test
  void esperItselfCompilesWhatTheEngineWrites() throws Exception {
    assertThat(compile("@Name('x') select kilometres(1d, 2d, 3d, 4d) from OrderEvent(amount > 1)"))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "java.lang.Runtime.getRuntime().availableProcessors()",
        "Runtime.getRuntime().availableProcessors()",
        "java.lang.System.nanoTime()",
        "System.exit(1)",
        "Math.abs(amount)",
        "java.lang.Class.forName('java.lang.Runtime')",
        "Class.forName('java.lang.Runtime')",
        "new java.io.File('x')",
        "new File('x')",
        "new java.util.ArrayList()",
        "cast(userId, java.lang.Runtime)",
        "cast(userId, 'java.lang.Runtime')",
        "java.lang.Integer.MAX_VALUE",
        "instanceof(userId, java.io.File)",
      })
  void rawEplCannotNameAClass(String expression) {
    assertThatThrownBy(() -> compile("select " + expression + " as x from OrderEvent"))
        .as(expression)
        .isInstanceOf(EPCompileException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expression long js:f(x) [ 1 ] select f(amount) from OrderEvent",
        "expression long mvel:f(x) [ 1 ] select f(amount) from OrderEvent",
        "create expression long js:f(x) [ 1 ]; select f(amount) from OrderEvent",
        "inlined_class \"\"\" public class A { public static long f() { return 1; } } \"\"\""
            + " select A.f() from OrderEvent",
        "create inlined_class \"\"\" public class A { } \"\"\"",
        "@Hook(type=HookType.SQLCOL, hook='java.lang.Runtime') select * from OrderEvent",
        "@java.lang.Deprecated select * from OrderEvent",
        "select * from sql:db ['select 1']",
        "select * from method:java.lang.System.getProperties()",
        "create schema S as java.io.File",
        "create dataflow D java.io.File -> s {}",
        "select * from OrderEvent.java.lang:time(1)",
      })
  void rawEplCannotBringCodeAlong(String epl) {
    assertThatThrownBy(() -> compile(epl)).as(epl).isInstanceOf(EPCompileException.class);
  }
}
