/**
 * The HTTP client of the Kubernetes library: bounded answers, bounded time, no redirects. See {@code
 * docs/decisions/bounded-cluster-answers.md}.
 */
package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;
