package io.fenghuo.local;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The one command. */
@Command(
    name = "fenghuo",
    description = "Watches an online shop while it trades.",
    version = "fenghuo " + Fenghuo.VERSION,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Begin with `./fenghuo up`. Exit codes: 0 done, 1 failed, 2 called wrongly."})
public final class Fenghuo implements Runnable {

  static final String VERSION = "0.1.0";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  private boolean version;

  @Spec private CommandSpec spec;

  private Fenghuo() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // Whatever the locale says: reasons are in Chinese, and JSON is UTF-8 by definition.
    PrintWriter out = utf8(FileDescriptor.out);
    PrintWriter err = utf8(FileDescriptor.err);
    int exitCode = commandLine(StopSignal.install(), System.in, out, err).execute(arguments);
    out.flush();
    err.flush();
    LogManager.shutdown();
    System.exit(exitCode);
  }

  /** The commands, with everything they share with the outside passed in. */
  static CommandLine commandLine(
      StopSignal stop, InputStream in, PrintWriter out, PrintWriter err) {
    CommandLine commands =
        new CommandLine(new Fenghuo())
            .addSubcommand(new Up(stop))
            .addSubcommand(new Publish(stop, in))
            .addSubcommand(new Tail(stop))
            .addSubcommand(new RulesCommand())
            .addSubcommand(new AlertsCommand())
            .addSubcommand(new Receiver(stop))
            .addSubcommand(new Simulate(stop));
    return settled(commands, out, err);
  }

  /** The command with the ways of all commands: where it prints, and how it fails. */
  static CommandLine settled(CommandLine command, PrintWriter out, PrintWriter err) {
    return command
        .setUsageHelpAutoWidth(true)
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((error, line, parsed) -> report(error, err))
        .setParameterExceptionHandler((error, parsed) -> explain(error, err));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int explain(ParameterException error, PrintWriter err) {
    err.println("error: " + error.getMessage());
    err.println(
        "       Try `./" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
    err.flush();
    return CommandFailure.USAGE;
  }

  private static int report(Exception error, PrintWriter err) {
    if (error instanceof CommandFailure failure) {
      err.println("error: " + failure.getMessage());
      err.println("       " + failure.nextStep());
      err.flush();
      return failure.exitCode();
    }
    err.println("error: " + error);
    err.println("       This is a fault of Fenghuo; please report it with what follows.");
    error.printStackTrace(err);
    err.flush();
    return CommandFailure.FAILED;
  }

  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8));
  }
}
