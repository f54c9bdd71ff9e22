/** A small Kubernetes API server with the controllers that a rollout needs. */
package io.jenkins.plugins.mldelivery.playground.kube;
