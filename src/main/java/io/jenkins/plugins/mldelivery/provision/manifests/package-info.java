/** Kubernetes manifests: plan by server-side dry run, guard, server-side apply. */
package io.jenkins.plugins.mldelivery.provision.manifests;
