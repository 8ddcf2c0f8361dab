package io.fenghuo.local.simulate;

/**
 * Somebody in a fraud: an account, and the device, line, place, address and card it is used with.
 */
record Persona(
    long user,
    String userId,
    Device device,
    String ip,
    City city,
    String addressToken,
    String accountToken) {

  Persona on(Device other) {
    return new Persona(user, userId, other, ip, city, addressToken, accountToken);
  }

  Persona from(String otherIp) {
    return new Persona(user, userId, device, otherIp, city, addressToken, accountToken);
  }

  Persona in(City other) {
    return new Persona(user, userId, device, ip, other, addressToken, accountToken);
  }

  Persona to(String address) {
    return new Persona(user, userId, device, ip, city, address, accountToken);
  }

  Persona with(String account) {
    return new Persona(user, userId, device, ip, city, addressToken, account);
  }

  /** As a visitor the shop does not know by name. */
  Persona loggedOut() {
    return new Persona(user, null, device, ip, city, addressToken, accountToken);
  }
}
