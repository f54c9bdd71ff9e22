/** The data formats of the OCI image specification 1.1: digests, descriptors, manifests, image configurations, the image layout. */
package io.jenkins.plugins.mldelivery.image.oci;
