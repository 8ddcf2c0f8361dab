package io.fenghuo.alerting.escalate;

/** Somebody who can be told. Number and address may be empty. */
public record Person(String id, String name, String mobile, String email) {}
