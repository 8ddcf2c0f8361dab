/** From an alert to a person's phone, with proof. */
package io.fenghuo.alerting;
