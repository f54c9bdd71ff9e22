/** Packs a model, writes OCI layers, speaks to registries. */
package io.jenkins.plugins.mldelivery.image;
