package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.annotation.Name;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompilerExecution;
import com.espertech.esper.common.client.util.ClassForNameProvider;
import com.espertech.esper.common.client.util.ClassForNameProviderDefault;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.EntityPlan.PlannedSequence;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.Filter;
import io.fenghuo.rules.definition.Rule;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.expression.Expression;
import io.fenghuo.rules.assess.Expressions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Compiles a plan's conditions and sequences to EPL, once; the result is deployed wherever it is needed. */
public final class EsperCompiler {

  private EsperCompiler() {}

  /** A statement and where its text comes from. */
  private record Statement(String name, String epl, String origin) {
    String text() {
      return "@Name('" + name + "') " + epl;
    }
  }

  /**
   * @throws RuleErrors with file and line for every condition that does not compile
   */
  public static Expressions compile(Plan plan) throws RuleErrors {
    List<RuleError> errors = new ArrayList<>();
    Configuration configuration = configuration(plan);
    EPCompiled filters = compile(filters(plan), configuration, errors);
    EPCompiled entities = compile(entities(plan), configuration, errors);
    EPCompiled rules = compile(rules(plan), configuration, errors);
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors.stream().distinct().toList());
    }
    return new EsperExpressions(plan, filters, entities, rules);
  }

  // ---- statements; their names are read back by EsperExpressions

  private static List<Statement> filters(Plan plan) {
    List<Statement> statements = new ArrayList<>();
    for (int f = 0; f < plan.filters().size(); f++) {
      Filter filter = plan.filters().get(f);
      int alternative = 0;
      for (Filter.Alternative one : filter.alternatives()) {
        statements.add(
            new Statement(
                "f:" + f + ":" + alternative++,
                "select * from " + EplTypes.event(one.type()) + where(one.condition()),
                origin(plan, filter)));
      }
    }
    return statements;
  }

  /** Where a shared filter stands; any of the places will do. */
  private static String origin(Plan plan, Filter filter) {
    return plan.ruleSet().features().stream()
        .filter(feature -> feature.of().toString().equals(filter.toString()))
        .findFirst()
        .map(feature -> plan.ruleSet().lines().get(feature.fullName()))
        .orElseGet(
            () ->
                plan.ruleSet().rules().stream()
                    .filter(rule -> mentions(rule, filter))
                    .findFirst()
                    .map(rule -> plan.ruleSet().lines().get(rule.id()))
                    .orElse("rules"));
  }

  private static boolean mentions(Rule rule, Filter filter) {
    Filter.Alternative first = filter.alternatives().get(0);
    if (rule.body() instanceof Rule.Deadline deadline) {
      return deadline.start().equals(filter) || deadline.end().equals(filter);
    } else if (rule.body() instanceof Rule.Sequence sequence) {
      return sequence.steps().stream()
          .anyMatch(
              step -> step.of().type() == first.type() && step.alone().equals(first.condition()));
    }
    Rule.When when = (Rule.When) rule.body();
    return when.trigger().type() == first.type()
        && when.trigger()
            .condition()
            .conjuncts()
            .containsAll(first.condition().isAlways() ? List.of() : strip(first.condition()));
  }

  private static List<Expression> strip(Expression all) {
    // "(a) and (b)" was joined from a and b.
    return all.conjuncts().stream()
        .map(part -> Expression.parse(part.toString().replaceAll("^\\(\\s*|\\s*\\)$", "")))
        .toList();
  }

  private static List<Statement> entities(Plan plan) {
    List<Statement> statements = new ArrayList<>();
    for (EntityKind kind : EntityKind.values()) {
      for (Plan.PlannedRule rule : plan.entity(kind).rulesHere()) {
        Expression part = rule.partFor(kind);
        if (!part.isAlways()) {
          statements.add(
              new Statement(
                  "e:" + kind.ordinal() + ":" + rule.index(),
                  "select * from " + EplTypes.atEntity(kind, rule.type()) + where(part),
                  origin(plan, rule)));
        }
      }
      for (PlannedSequence sequence : plan.entity(kind).sequences()) {
        statements.add(
            new Statement(
                "s:" + kind.ordinal() + ":" + sequence.figure(),
                new SequencePattern(kind, sequence).epl(),
                plan.ruleSet().lines().get(sequence.rule().id())));
      }
    }
    return statements;
  }

  private static List<Statement> rules(Plan plan) {
    List<Statement> statements = new ArrayList<>();
    for (Plan.PlannedRule rule : plan.rules()) {
      statements.add(
          new Statement(
              "r:" + rule.index(),
              "select * from " + EplTypes.whole(rule.type()) + where(rule.condition()),
              origin(plan, rule)));
    }
    return statements;
  }

  private static String origin(Plan plan, Plan.PlannedRule rule) {
    return plan.ruleSet().lines().get(rule.rule().id());
  }

  private static String where(Expression condition) {
    return condition.isAlways() ? "" : "(" + condition.render(EsperCompiler::spelling) + ")";
  }

  /** Enum constants as texts, figures as properties, event properties as they are. */
  static String spelling(String name) {
    int dot = name.indexOf('.');
    if (dot < 0) {
      return name;
    }
    return Character.isUpperCase(name.charAt(0))
        ? "'" + name.substring(dot + 1) + "'"
        : EplTypes.figure(name);
  }

  // ---- compiling

  private static EPCompiled compile(
      List<Statement> statements, Configuration configuration, List<RuleError> errors) {
    if (statements.isEmpty()) {
      return null;
    }
    CompilerArguments arguments = new CompilerArguments(configuration);
    try {
      return EPCompilerProvider.getCompiler()
          .compile(
              statements.stream().map(Statement::text).collect(Collectors.joining(";\n")), arguments);
    } catch (EPCompileException someWrong) {
      int before = errors.size();
      for (Statement statement : statements) {
        try {
          EPCompilerProvider.getCompiler().compile(statement.text(), arguments);
        } catch (EPCompileException wrong) {
          errors.add(error(statement, wrong));
        }
      }
      if (errors.size() == before) {
        errors.add(new RuleError("rules", 0, firstLine(someWrong)));
      }
      return null;
    }
  }

  private static RuleError error(Statement statement, EPCompileException wrong) {
    String origin = statement.origin() == null ? "rules" : statement.origin();
    int colon = origin.lastIndexOf(':');
    String file = colon < 0 ? origin : origin.substring(0, colon);
    int line = colon < 0 ? 0 : Integer.parseInt(origin.substring(colon + 1));
    return new RuleError(file, line, firstLine(wrong));
  }

  private static String firstLine(EPCompileException wrong) {
    String message = wrong.getItems().isEmpty() ? wrong.getMessage() : wrong.getItems().get(0).getMessage();
    int more = message.indexOf(" [");
    return "condition does not compile: "
        + (more > 0 ? message.substring(0, more) : message).lines().findFirst().orElse("");
  }

  /** Esper with every way out of EPL shut: no imports, no classes by name, no scripts, no inlined classes. */
  static Configuration configuration(Plan plan) {
    Configuration configuration = new Configuration();
    EplTypes.addAll(configuration, plan);
    configuration.getCommon().getImports().clear();
    configuration.getCommon().addAnnotationImport(Name.class);
    configuration
        .getCommon()
        .setTransientConfiguration(Map.of(ClassForNameProvider.NAME, new OnlyOurs()));
    configuration.getCompiler().getByteCode().setAllowInlinedClass(false);
    configuration.getCompiler().getScripts().setEnabled(false);
    configuration
        .getCompiler()
        .addPlugInSingleRowFunction("kilometres", Geography.class.getName(), "kilometres");
    // Advanced planning rewrites conditions and trips over some, for example not (x is not null).
    configuration
        .getCompiler()
        .getExecution()
        .setFilterIndexPlanning(ConfigurationCompilerExecution.FilterIndexPlanning.BASIC);
    configuration.getRuntime().getThreading().setInternalTimerEnabled(false);
    configuration.getRuntime().getThreading().setListenerDispatchPreserveOrder(false);
    configuration.getRuntime().getThreading().setInsertIntoDispatchPreserveOrder(false);
    configuration.getRuntime().getExecution().setDisableLocking(true);
    configuration.getCommon().getLogging().setEnableQueryPlan(false);
    return configuration;
  }

  /** Lets Esper find its own classes, the language's value types, and our one function. */
  private static final class OnlyOurs implements ClassForNameProvider {
    @Override
    public Class<?> classForName(String name) throws ClassNotFoundException {
      boolean allowed =
          name.equals(Name.class.getName())
              || name.equals(Geography.class.getName());
      if (!allowed) {
        throw new ClassNotFoundException(name + " cannot be named in a rule");
      }
      return ClassForNameProviderDefault.INSTANCE.classForName(name);
    }
  }
}
