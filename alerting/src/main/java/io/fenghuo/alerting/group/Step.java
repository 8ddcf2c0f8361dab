package io.fenghuo.alerting.group;

/** One step of the path of an alert, from group to ledger. */
public interface Step {

  void apply(Flush flush);
}
