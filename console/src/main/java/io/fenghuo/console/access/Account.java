package io.fenghuo.console.access;

import io.fenghuo.alerting.alert.KnownAlert;
import io.fenghuo.console.http.Role;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Somebody who can sign in.
 *
 * @param openId whether a provider vouches for them, and says which roles they have
 */
record Account(
    String name,
    Set<Role> roles,
    boolean mustChangePassword,
    boolean disabled,
    boolean openId,
    Instant createdAt,
    long version) {

  static final String COLUMNS =
      "a.name, a.roles, a.must_change_password, a.disabled, a.subject is not null as open_id,"
          + " a.created_at, a.version";

  static Account read(ResultSet row, StatementContext context) throws SQLException {
    return new Account(
        row.getString("name"),
        roles((String[]) row.getArray("roles").getArray()),
        row.getBoolean("must_change_password"),
        row.getBoolean("disabled"),
        row.getBoolean("open_id"),
        KnownAlert.instant(row, "created_at"),
        row.getLong("version"));
  }

  /** A role that is not known any more gives nobody anything. */
  static Set<Role> roles(String[] labels) {
    EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (String label : labels) {
      Role.of(label).ifPresent(roles::add);
    }
    return roles;
  }

  static String[] labels(Set<Role> roles) {
    return roles.stream().sorted().map(Role::label).toArray(String[]::new);
  }

  List<String> labels() {
    return List.of(labels(roles));
  }
}
