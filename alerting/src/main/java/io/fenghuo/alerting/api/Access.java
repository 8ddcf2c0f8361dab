package io.fenghuo.alerting.api;

import io.fenghuo.alerting.Secret;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Where the API listens and who may call it: on a loopback address everybody on the machine, on any
 * other only who brings the token.
 */
public record Access(String host, int port, Optional<Secret> token) {

  /**
   * @throws IllegalArgumentException for an open address without a token
   */
  public Access {
    try {
      if (token.isEmpty() && !InetAddress.getByName(host).isLoopbackAddress()) {
        throw new IllegalArgumentException(
            "alerting would listen on "
                + host
                + " for everybody (expected: a loopback address, or a token)");
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(host + " is no address of this machine", e);
    }
    if (token.isPresent() && token.get().reveal().length() < 16) {
      throw new IllegalArgumentException(
          "the token is too short to be one (expected: at least 16 characters)");
    }
  }

  /** Whether a request with this Authorization header, or null, may be answered. */
  boolean allows(String authorization) {
    if (token.isEmpty()) {
      return true;
    }
    byte[] expected = ("Bearer " + token.get().reveal()).getBytes(StandardCharsets.UTF_8);
    return authorization != null
        && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
  }
}
