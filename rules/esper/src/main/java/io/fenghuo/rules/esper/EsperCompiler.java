package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.EPCompiled;
import com.espertech.esper.common.client.annotation.Name;
import com.espertech.esper.common.client.configuration.Configuration;
import com.espertech.esper.common.client.configuration.compiler.ConfigurationCompilerExecution;
import com.espertech.esper.common.client.util.ClassForNameProvider;
import com.espertech.esper.common.client.util.ClassForNameProviderDefault;
import com.espertech.esper.common.client.util.EventUnderlyingType;
import com.espertech.esper.compiler.client.CompilerArguments;
import com.espertech.esper.compiler.client.EPCompileException;
import com.espertech.esper.compiler.client.EPCompilerProvider;
import io.fenghuo.rules.EntityKind;
import io.fenghuo.rules.assess.EntityPlan.PlannedSequence;
import io.fenghuo.rules.assess.EventFilters;
import io.fenghuo.rules.assess.Expressions;
import io.fenghuo.rules.assess.Failures;
import io.fenghuo.rules.assess.Plan;
import io.fenghuo.rules.definition.RuleError;
import io.fenghuo.rules.definition.RuleErrors;
import io.fenghuo.rules.figure.FigureDefinition;
import io.fenghuo.rules.figure.FigureFilters;
import io.fenghuo.rules.figure.FigurePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Compiles a plan's conditions and sequences to EPL, once; the result is deployed wherever it is
 * needed.
 */
public final class EsperCompiler {

  private EsperCompiler() {}

  /** A statement with the definition that is to blame when it does not compile. */
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
    EPCompiled filters =
        compile(Bundle.filters(plan.filters(), plan::originOf), List.of(), configuration, errors);
    EPCompiled entities = compile(Bundle.entities(plan), sequences(plan), configuration, errors);
    EPCompiled rules = compile(Bundle.rules(plan), List.of(), configuration, errors);
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors.stream().distinct().toList());
    }
    return new EsperExpressions(plan, filters, entities, rules);
  }

  /**
   * Compiles the filters of figures.
   *
   * @param lines "file:line" of each figure by name
   * @throws RuleErrors with file and line for every condition that does not compile
   */
  public static FigureFilters compile(FigurePlan plan, Map<String, String> lines)
      throws RuleErrors {
    List<RuleError> errors = new ArrayList<>();
    Configuration configuration = configuration(EplTypes::addEvents);
    EPCompiled filters =
        compile(
            Bundle.filters(
                plan.filters(), number -> lines.getOrDefault(plan.userOf(number), "figures")),
            List.of(),
            configuration,
            errors);
    if (!errors.isEmpty()) {
      throw new RuleErrors(errors.stream().distinct().toList());
    }
    return new CompiledFigures(plan, filters);
  }

  private static final class CompiledFigures implements FigureFilters {

    private static final long serialVersionUID = 1L;

    private final ArrayList<FigureDefinition> figures;
    private final EPCompiled compiled;
    private transient FigurePlan plan;

    CompiledFigures(FigurePlan plan, EPCompiled compiled) {
      this.figures = new ArrayList<>(plan.figures());
      this.compiled = compiled;
    }

    @Override
    public FigurePlan plan() {
      if (plan == null) {
        plan = new FigurePlan(figures);
      }
      return plan;
    }

    @Override
    public EventFilters open(Failures failures) {
      return new EsperFilters(
          plan().filters(), compiled, configuration(EplTypes::addEvents), failures);
    }
  }

  /** Their names are read back by EsperExpressions. */
  private static List<Statement> sequences(Plan plan) {
    List<Statement> statements = new ArrayList<>();
    for (EntityKind kind : EntityKind.values()) {
      for (PlannedSequence sequence : plan.entity(kind).sequences()) {
        statements.add(
            new Statement(
                "sequence:" + kind.ordinal() + ":" + sequence.figure(),
                new SequencePattern(kind, sequence).epl(),
                plan.ruleSet().lines().get(sequence.rule().id())));
      }
    }
    return statements;
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
      List<Bundle> bundles,
      List<Statement> sequences,
      Configuration configuration,
      List<RuleError> errors) {
    List<Statement> statements = new ArrayList<>(sequences);
    bundles.forEach(bundle -> statements.add(new Statement(bundle.name(), bundle.epl(), null)));
    if (statements.isEmpty()) {
      return null;
    }
    CompilerArguments arguments = new CompilerArguments(configuration);
    try {
      return EPCompilerProvider.getCompiler()
          .compile(
              statements.stream().map(Statement::text).collect(Collectors.joining(";\n")),
              arguments);
    } catch (EPCompileException someWrong) {
      int before = errors.size();
      List<Statement> suspects = new ArrayList<>(sequences);
      for (Bundle bundle : bundles) {
        for (Bundle.Part part : bundle.parts()) {
          suspects.add(new Statement(bundle.name(), bundle.alone(part).epl(), part.origin()));
        }
      }
      for (Statement suspect : suspects) {
        try {
          EPCompilerProvider.getCompiler().compile(suspect.text(), arguments);
        } catch (EPCompileException wrong) {
          errors.add(error(suspect, wrong));
        }
      }
      if (errors.size() == before) {
        errors.add(new RuleError("rules", 0, firstLine(someWrong)));
      }
      return null;
    }
  }

  private static RuleError error(Statement statement, EPCompileException wrong) {
    String origin = statement.origin();
    int colon = origin.lastIndexOf(':');
    String file = colon < 0 ? origin : origin.substring(0, colon);
    int line = colon < 0 ? 0 : Integer.parseInt(origin.substring(colon + 1));
    return new RuleError(file, line, firstLine(wrong));
  }

  private static String firstLine(EPCompileException wrong) {
    String message =
        wrong.getItems().isEmpty() ? wrong.getMessage() : wrong.getItems().get(0).getMessage();
    int more = message.indexOf(" [");
    return "condition does not compile: "
        + (more > 0 ? message.substring(0, more) : message).lines().findFirst().orElse("");
  }

  /**
   * Esper with every way out of EPL shut: no imports, no classes by name, no scripts, no inlined
   * classes.
   */
  static Configuration configuration(Plan plan) {
    return configuration(configuration -> EplTypes.addAll(configuration, plan));
  }

  private static Configuration configuration(Consumer<Configuration> types) {
    Configuration configuration = new Configuration();
    types.accept(configuration);
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
        // The index of a comparison with an earlier step's property fails when that is null.
        .setFilterIndexPlanning(ConfigurationCompilerExecution.FilterIndexPlanning.NONE);
    configuration.getCompiler().getExpression().setDivisionByZeroReturnsNull(true);
    configuration
        .getCommon()
        .getEventMeta()
        .setDefaultEventRepresentation(EventUnderlyingType.OBJECTARRAY);
    configuration.getRuntime().getExceptionHandling().addClass(StatementFailures.class);
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
              || name.equals(Geography.class.getName())
              || name.equals(StatementFailures.class.getName());
      if (!allowed) {
        throw new ClassNotFoundException(name + " cannot be named in a rule");
      }
      return ClassForNameProviderDefault.INSTANCE.classForName(name);
    }
  }
}
