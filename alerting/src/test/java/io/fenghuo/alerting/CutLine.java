package io.fenghuo.alerting;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/** A line to a server that the test cuts and mends. */
final class CutLine implements AutoCloseable {

  private final ServerSocket socket;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  /**
   * @param url of the database at the other end
   */
  CutLine(String url) {
    this.target = URI.create(url.substring("jdbc:".length())).getPort();
    try {
      socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "cut-line");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket near = socket.accept();
        open.add(near);
        if (cut) {
          near.close();
          continue;
        }
        Socket far = new Socket(InetAddress.getByName("127.0.0.1"), target);
        open.add(far);
        daemon(() -> carry(near, far));
        daemon(() -> carry(far, near));
        if (cut) {
          hangUp();
        }
      } catch (IOException e) {
        // closed
      }
    }
  }

  private static void carry(Socket from, Socket to) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException e) {
      // cut
    }
  }

  private void hangUp() {
    for (Socket each : open) {
      try {
        each.close();
      } catch (IOException e) {
        // closed already
      }
      open.remove(each);
    }
  }

  void cut() {
    cut = true;
    hangUp();
  }

  void mend() {
    cut = false;
  }

  /** Connections to a database of that address, through this line. */
  DataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url.replaceFirst(":\\d+/", ":" + socket.getLocalPort() + "/"));
    config.setUsername("postgres");
    config.setMaximumPoolSize(16);
    config.setConnectionTimeout(500);
    return new HikariDataSource(config);
  }

  @Override
  public void close() {
    cut();
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
