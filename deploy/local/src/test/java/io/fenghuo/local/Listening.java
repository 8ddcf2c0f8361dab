package io.fenghuo.local;

import io.fenghuo.alerting.api.Access;
import java.util.Optional;

/** Where alerting listens in a test. */
final class Listening {

  private Listening() {}

  /** On this machine, on a port nobody has, for everybody. */
  static Access here() {
    return new Access(LoopbackPort.HOST, LoopbackPort.free(), Optional.empty());
  }
}
