package io.fenghuo.schemas;

import org.apache.avro.Schema;

/** Numbers for schemas, shared by everyone who reads or writes the Confluent wire format. */
public interface SchemaRegistry {

  /**
   * The number of {@code schema} under {@code subject}, which is registered if it is new.
   *
   * @throws SchemaRegistryException if the registry is down or refuses the schema
   */
  int idOf(String subject, Schema schema);

  /**
   * The schema with that number.
   *
   * @throws UnknownSchemaException if the registry has no Avro schema with that number
   * @throws SchemaRegistryException if the registry is down or refuses to answer
   */
  Schema byId(int id) throws UnknownSchemaException;

  /** The registry answered, and it has no such Avro schema. */
  final class UnknownSchemaException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a message that gives the number and what the registry said. */
    public UnknownSchemaException(String message) {
      super(message);
    }
  }
}
