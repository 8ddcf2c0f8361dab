package io.fenghuo.local;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks, tests and lists rules. */
@Command(
    name = "rules",
    description = "Check, test and list rules.",
    subcommands = {RulesCommand.Check.class, RulesCommand.Test.class, RulesCommand.Listing.class},
    footer = {
      "",
      "Examples:",
      "  ./fenghuo rules check my-rules",
      "  ./fenghuo rules test my-rules",
      "  ./fenghuo rules list"
    })
final class RulesCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing subcommand: check, test or list");
  }

  /** Says what is wrong in a folder of rules, and where. */
  @Command(
      name = "check",
      description = "Say what is wrong in a folder of rules, and where.",
      footer = {"", "Example:", "  ./fenghuo rules check my-rules"})
  static final class Check implements Callable<Integer> {

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        description = "Folder of rules; without it, the packaged ones.")
    private Path folder;

    @Override
    public Integer call() {
      throw new UnsupportedOperationException("not yet");
    }
  }

  /** Runs the tests beside the rules through the engine that runs in production. */
  @Command(
      name = "test",
      description = "Run the tests beside the rules.",
      footer = {"", "Example:", "  ./fenghuo rules test my-rules"})
  static final class Test implements Callable<Integer> {

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        description = "Folder of rules; without it, the packaged ones.")
    private Path folder;

    @Override
    public Integer call() {
      throw new UnsupportedOperationException("not yet");
    }
  }

  /** Lists the rules of a folder. */
  @Command(
      name = "list",
      description = "List the rules.",
      footer = {"", "Example:", "  ./fenghuo rules list"})
  static final class Listing implements Callable<Integer> {

    @Parameters(
        arity = "0..1",
        paramLabel = "DIR",
        description = "Folder of rules; without it, the packaged ones.")
    private Path folder;

    @Override
    public Integer call() {
      throw new UnsupportedOperationException("not yet");
    }
  }
}
