package io.fenghuo.alerting.channel;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that speaks as much SMTP as is needed, and keeps what it is sent. */
public final class FakeMailServer implements AutoCloseable {

  private final ServerSocket server;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private volatile String recipientAnswer = "250 ok";
  private volatile boolean hangsUpAfterData;

  public FakeMailServer() {
    try {
      server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "fake-smtp");
    thread.setDaemon(true);
    thread.start();
  }

  public int port() {
    return server.getLocalPort();
  }

  void answerRecipients(String answer) {
    recipientAnswer = answer;
  }

  void hangUpAfterData() {
    hangsUpAfterData = true;
  }

  /** Everything clients said. */
  List<String> lines() {
    return lines;
  }

  /** The messages since the last call, the oldest first. */
  public List<MimeMessage> take() throws MessagingException {
    List<MimeMessage> messages = new ArrayList<>();
    List<String> said = List.copyOf(lines);
    lines.clear();
    List<String> mail = null;
    for (String line : said) {
      if (mail == null && line.equals("DATA")) {
        mail = new ArrayList<>();
      } else if (mail != null && line.equals(".")) {
        messages.add(
            new MimeMessage(
                Session.getInstance(new Properties()),
                new ByteArrayInputStream(
                    String.join("\r\n", mail).getBytes(StandardCharsets.UTF_8))));
        mail = null;
      } else if (mail != null) {
        mail.add(line);
      }
    }
    return messages;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        talk(socket);
      } catch (IOException e) {
        // closed, or a client that left
      }
    }
  }

  private void talk(Socket socket) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    say(socket, "220 fake");
    boolean data = false;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      lines.add(line);
      if (data) {
        if (line.equals(".")) {
          data = false;
          if (hangsUpAfterData) {
            return;
          }
          say(socket, "250 queued");
        }
      } else if (line.startsWith("EHLO")) {
        say(socket, "250-fake\r\n250 AUTH PLAIN");
      } else if (line.startsWith("AUTH")) {
        say(socket, "235 welcome");
      } else if (line.startsWith("RCPT")) {
        say(socket, recipientAnswer);
      } else if (line.startsWith("DATA")) {
        data = true;
        say(socket, "354 go on");
      } else if (line.startsWith("QUIT")) {
        say(socket, "221 bye");
        return;
      } else {
        say(socket, "250 ok");
      }
    }
  }

  private static void say(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((text + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
