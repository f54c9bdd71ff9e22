/** The client side of the OCI distribution specification 1.1. */
package io.jenkins.plugins.mldelivery.image.registry;
