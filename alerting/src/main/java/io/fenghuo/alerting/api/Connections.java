package io.fenghuo.alerting.api;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;

/**
 * How many connections a server takes at once. Each is an open file, and a broker or a database in
 * the same process that gets none dies: callers wait outside instead.
 */
public final class Connections {

  /** Alerting and the console of one process leave half of its files to the rest. */
  private static final int SHARE = 4;

  /** Where the system does not say how many files a process may open. */
  private static final int UNKNOWN = 1_000;

  private Connections() {}

  /** At most a quarter of the files this process may open. */
  public static void limit(Server server) {
    limit(server, most());
  }

  static void limit(Server server, int most) {
    server.addBean(new NetworkConnectionLimit(most, server));
  }

  private static int most() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      return (int) Math.min(Integer.MAX_VALUE, system.getMaxFileDescriptorCount() / SHARE);
    }
    return UNKNOWN;
  }
}
