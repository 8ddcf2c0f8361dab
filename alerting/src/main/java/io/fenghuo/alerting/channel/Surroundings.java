package io.fenghuo.alerting.channel;

import io.fenghuo.alerting.escalate.Roster;
import java.io.PrintWriter;

/** What channels share. */
public record Surroundings(Wire wire, Wording wording, Roster roster, PrintWriter console) {}
