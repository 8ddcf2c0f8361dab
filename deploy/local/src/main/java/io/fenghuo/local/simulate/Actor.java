package io.fenghuo.local.simulate;

/** Someone or something with a next moment on the {@link Agenda}. */
abstract class Actor {

  /** When this actor acts next: simulated milliseconds since 1970. Set by the agenda. */
  long at;

  /** The next actor in the same slot of the agenda, or in a pool of idle ones. */
  Actor next;

  /** Does what is due now; whoever wants to act again puts itself back on the agenda. */
  abstract void act(World world);
}
