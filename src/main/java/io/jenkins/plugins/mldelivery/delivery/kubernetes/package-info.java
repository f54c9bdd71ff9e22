/** What <code>provision/</code> and <code>deploy/</code> share of Kubernetes: how a cluster is reached and how its errors read. */
package io.jenkins.plugins.mldelivery.delivery.kubernetes;
