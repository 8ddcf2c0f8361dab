package io.fenghuo.rules.esper;

import com.espertech.esper.common.client.hook.exception.ExceptionHandler;
import com.espertech.esper.common.client.hook.exception.ExceptionHandlerContext;
import com.espertech.esper.common.client.hook.exception.ExceptionHandlerFactory;
import com.espertech.esper.common.client.hook.exception.ExceptionHandlerFactoryContext;
import java.util.HashMap;
import java.util.Map;

/**
 * Where Esper leaves the exceptions of statements. It hands them to a class it makes itself, in the
 * thread that sent the event; that thread takes them out again.
 */
public final class StatementFailures implements ExceptionHandlerFactory {

  private static final ThreadLocal<Map<String, Throwable>> FAILED =
      ThreadLocal.withInitial(HashMap::new);

  @Override
  public ExceptionHandler getHandler(ExceptionHandlerFactoryContext context) {
    return StatementFailures::note;
  }

  private static void note(ExceptionHandlerContext context) {
    FAILED.get().put(context.getStatementName(), context.getThrowable());
  }

  /** The exceptions since the last call, by name of statement. */
  static Map<String, Throwable> take() {
    Map<String, Throwable> failed = FAILED.get();
    if (failed.isEmpty()) {
      return Map.of();
    }
    Map<String, Throwable> taken = Map.copyOf(failed);
    failed.clear();
    return taken;
  }
}
