/** A small OCI registry inside the playground's process. */
package io.jenkins.plugins.mldelivery.playground.registry;
