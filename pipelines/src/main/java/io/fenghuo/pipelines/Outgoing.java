package io.fenghuo.pipelines;

/** A record on its way to a topic, encoded. */
record Outgoing(String key, byte[] value) {}
