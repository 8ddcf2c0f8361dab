package io.fenghuo.console.live;

import io.fenghuo.console.http.Call;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events for any number of viewers. What is sent is written as bytes once, and the same
 * bytes go to all. Nobody waits for a viewer: what cannot be sent at once waits in a bounded queue,
 * and who does not read is dropped.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">HTML: server-sent
 *     events</a>
 */
public final class LiveStream implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LiveStream.class);

  /** Who comes back within about a minute is sent what was missed. */
  private static final int REMEMBERED = 300;

  /** A page on its way to the database server's other end of the world is a few seconds behind. */
  private static final int MOST_WAITING = 20;

  private static final int MOST_VIEWERS = 5_000;

  /** One event: its name, and its data as JSON on one line. */
  public record Event(String name, String data) {}

  private record Frame(long number, byte[] bytes) {}

  /** Numbers begin again with each process, and must not be mistaken for those of the last. */
  private final String epoch = Long.toString(System.currentTimeMillis(), 36);

  private final Supplier<String> snapshot;
  private final Deque<Frame> remembered = new ArrayDeque<>();
  private final Set<Viewer> viewers = new LinkedHashSet<>();
  private long last;
  private byte[] lastSnapshot;
  private long lastSnapshotNumber = -1;
  private boolean closed;

  /**
   * @param snapshot everything as it is now, as JSON on one line
   */
  public LiveStream(Supplier<String> snapshot) {
    this.snapshot = snapshot;
  }

  /** Sends events to everybody, and remembers them for those who come back. */
  public synchronized void publish(List<Event> events) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Event event : events) {
      Frame frame = new Frame(++last, bytes(last, event));
      remembered.addLast(frame);
      if (remembered.size() > REMEMBERED) {
        remembered.removeFirst();
      }
      all.writeBytes(frame.bytes());
    }
    byte[] chunk = all.toByteArray();
    for (Viewer viewer : List.copyOf(viewers)) {
      viewer.send(chunk);
    }
  }

  private byte[] bytes(long number, Event event) {
    return ("id: "
            + epoch
            + "-"
            + number
            + "\nevent: "
            + event.name()
            + "\ndata: "
            + event.data()
            + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Answers a request with the stream; returns at once. */
  public void open(Call call) {
    HttpServletResponse response = call.context().res();
    response.setStatus(200);
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Accel-Buffering", "no");
    String lastSeen = call.context().header("Last-Event-ID");
    // The future is never completed: how an answer without end ends is between us and the server,
    // see Viewer.end.
    call.context()
        .future(
            () -> {
              AsyncContext async = call.context().req().getAsyncContext();
              async.setTimeout(0);
              try {
                join(async, response.getOutputStream(), lastSeen);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
              return new CompletableFuture<Void>();
            });
  }

  private synchronized void join(AsyncContext async, ServletOutputStream out, String lastSeen) {
    if (closed || viewers.size() >= MOST_VIEWERS) {
      async.complete();
      return;
    }
    Viewer viewer = new Viewer(async, out);
    viewer.send("retry: 2000\n\n".getBytes(StandardCharsets.UTF_8));
    viewer.send(missedSince(lastSeen));
    viewers.add(viewer);
    out.setWriteListener(viewer);
  }

  /** What came after an event, or everything when that is too long ago. */
  private byte[] missedSince(String lastSeen) {
    long seen = number(lastSeen);
    boolean known =
        seen >= 0
            && seen <= last
            && (seen == last
                || (!remembered.isEmpty() && seen >= remembered.getFirst().number() - 1));
    if (!known) {
      if (lastSnapshotNumber != last || lastSnapshot == null) {
        lastSnapshot = bytes(last, new Event("snapshot", snapshot.get()));
        lastSnapshotNumber = last;
      }
      return lastSnapshot;
    }
    ByteArrayOutputStream missed = new ByteArrayOutputStream();
    remembered.stream()
        .filter(frame -> frame.number() > seen)
        .forEach(frame -> missed.writeBytes(frame.bytes()));
    return missed.toByteArray();
  }

  private long number(String id) {
    if (id == null || !id.startsWith(epoch + "-")) {
      return -1;
    }
    try {
      return Long.parseLong(id.substring(epoch.length() + 1));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  public synchronized int viewers() {
    return viewers.size();
  }

  private synchronized void leave(Viewer viewer) {
    viewers.remove(viewer);
  }

  @Override
  public void close() {
    List<Viewer> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(viewers);
    }
    all.forEach(Viewer::end);
  }

  /** One who looks on. Its methods are short and never wait. */
  private final class Viewer implements WriteListener {

    private final AsyncContext async;
    private final EndPoint connection;
    private final ServletOutputStream out;
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private boolean begun;
    private boolean flushDue;
    private boolean ended;

    Viewer(AsyncContext async, ServletOutputStream out) {
      this.async = async;
      this.connection =
          ServletContextRequest.getServletContextRequest(async.getRequest())
              .getConnectionMetaData()
              .getConnection()
              .getEndPoint();
      this.out = out;
    }

    synchronized void send(byte[] chunk) {
      if (ended || chunk.length == 0) {
        return;
      }
      if (waiting.size() >= MOST_WAITING) {
        LOG.debug("a viewer that does not read is dropped");
        drop();
        return;
      }
      waiting.addLast(chunk);
      if (begun) {
        try {
          pump();
        } catch (IOException | RuntimeException e) {
          end();
        }
      }
    }

    @Override
    public synchronized void onWritePossible() throws IOException {
      begun = true;
      if (!ended) {
        pump();
      }
    }

    private void pump() throws IOException {
      while (out.isReady()) {
        if (flushDue) {
          flushDue = false;
          out.flush();
          continue;
        }
        byte[] next = waiting.pollFirst();
        if (next == null) {
          return;
        }
        out.write(next);
        flushDue = waiting.isEmpty();
      }
    }

    @Override
    public void onError(Throwable failure) {
      end();
    }

    /** The connection is cut: an orderly end would wait for what is not read. */
    private void drop() {
      connection.close(new IOException("does not read"));
      end();
    }

    void end() {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        waiting.clear();
      }
      leave(this);
      // In another thread: what the server does to end an answer must not be done under our locks.
      ForkJoinPool.commonPool()
          .execute(
              () -> {
                try {
                  async.complete();
                } catch (IllegalStateException over) {
                  LOG.debug("the viewer was gone already: {}", over.toString());
                }
              });
    }
  }
}
