package io.fenghuo.alerting.channel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server on a real port that fails below the protocol, whichever it is. */
final class FaultyServer implements AutoCloseable {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private final ServerSocket socket;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  private FaultyServer(ServerSocket socket, Consumer<Socket> fault) {
    this.socket = socket;
    Thread thread =
        new Thread(
            () -> {
              while (!socket.isClosed()) {
                try {
                  Socket client = socket.accept();
                  open.add(client);
                  fault.accept(client);
                } catch (IOException e) {
                  // closed
                }
              }
            },
            "faulty-server");
    thread.setDaemon(true);
    thread.start();
  }

  private static ServerSocket listen() {
    try {
      return new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the connection and says nothing. */
  static FaultyServer hanging() {
    return new FaultyServer(listen(), client -> {});
  }

  /** Resets the connection when it was asked something, or at once where it has to speak first. */
  static FaultyServer resetting(boolean speaksFirst) {
    return new FaultyServer(
        listen(),
        client -> {
          try (client) {
            client.setSoLinger(true, 0);
            if (!speaksFirst) {
              client.getInputStream().read();
            }
          } catch (IOException e) {
            // gone already
          }
        });
  }

  /**
   * Speaks TLS with a certificate that nobody has signed: {@code keytool -genkeypair -alias self
   * -keyalg EC -dname CN=localhost -ext san=ip:127.0.0.1 -validity 36500 -storetype PKCS12}.
   */
  static FaultyServer untrusted() {
    try (InputStream file = FaultyServer.class.getResourceAsStream("/untrusted.p12")) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(file, PASSWORD);
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(keys, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(factory.getKeyManagers(), null, null);
      return new FaultyServer(
          context
              .getServerSocketFactory()
              .createServerSocket(0, 5, InetAddress.getByName("127.0.0.1")),
          client -> {
            try {
              client.getInputStream().read();
            } catch (IOException e) {
              // refused, as it should be
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A port where nobody listens. */
  static int freePort() {
    try (ServerSocket socket = listen()) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket each : open) {
        each.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
