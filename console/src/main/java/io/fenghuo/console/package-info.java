/**
 * What people see of Fenghuo: the HTTP API behind the wall screen, the review desk and the rest.
 */
package io.fenghuo.console;
