package io.fenghuo.console;

import io.fenghuo.console.rules.RuleJobs;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Runs by whatever it is told, unless it was told not to. */
final class FakeRuleJobs implements RuleJobs {

  /** Every text it was given and took. */
  final List<String> ranBy = new CopyOnWriteArrayList<>();

  private volatile boolean ready = true;
  private volatile boolean killed;
  private volatile Predicate<String> refused = text -> false;

  void ready(boolean is) {
    ready = is;
  }

  /** Whoever asks dies in the middle, after the jobs have taken it. */
  void killed(boolean is) {
    killed = is;
  }

  void refuse(Predicate<String> texts) {
    refused = texts;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public String runBy(String modes) throws NotDone {
    if (refused.test(modes)) {
      throw new NotDone("没有换用", "not taken", null);
    }
    ranBy.add(modes);
    if (killed) {
      throw new IllegalStateException("killed");
    }
    return "set-" + ranBy.size();
  }
}
