package io.fenghuo.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on the loopback address: which are free, and a clear word when one is not. */
public final class LoopbackPort {

  /** Written as a number, so that no name service has a say in what the product listens on. */
  static final String HOST = "127.0.0.1";

  private static final int LOWEST_FREE = 20_000;
  private static final int HIGHEST_FREE = 29_999;

  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private LoopbackPort() {}

  /**
   * A port nobody listens on now, from below those that systems give to outgoing connections: one
   * of these may be taken at any moment, before whoever asked here has begun to listen. Another one
   * each time, since who asked before may not listen yet.
   */
  public static int free() {
    IOException taken = null;
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST_FREE, HIGHEST_FREE + 1);
      if (!GIVEN.add(port)) {
        continue;
      }
      try (ServerSocket socket = new ServerSocket(port, 1, address())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        taken = e;
      }
    }
    throw new UncheckedIOException("no free port on " + HOST, taken);
  }

  /**
   * Refuses a port that something else listens on, before the part that wants it starts: Kafka and
   * Flink report a taken port late and in many words.
   *
   * @param option the command line option that chooses another port
   */
  static void requireFree(String part, int port, String option) {
    requireFree(part, HOST, port, option);
  }

  /** The same on another address of this machine. */
  static void requireFree(String part, String host, int port, String option) {
    if (port < 1 || port > 65535) {
      throw CommandFailure.usage(option + ": " + port + " (expected: 1 to 65535)");
    }
    try (ServerSocket socket = new ServerSocket()) {
      InetAddress address = InetAddress.getByName(host);
      if (!address.isAnyLocalAddress() && NetworkInterface.getByInetAddress(address) == null) {
        throw CommandFailure.usage(
            part + " cannot listen on " + host + ": it is no address of this machine");
      }
      // A port in TIME_WAIT after a restart is free for us.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(address, port));
    } catch (IOException e) {
      throw new CommandFailure(
          part + " cannot listen on " + host + ":" + port + ": the port is taken.",
          "Stop what uses it (`ss -ltnp 'sport = :"
              + port
              + "'` shows it), or choose another with "
              + option
              + " PORT.",
          e);
    }
  }

  private static InetAddress address() throws UnknownHostException {
    return InetAddress.getByName(HOST);
  }
}
