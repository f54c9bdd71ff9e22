/**
 * The playground: an embedded cluster for trying out and testing deliveries on a bare machine. It behaves like Kubernetes in what ML Delivery, the fabric8 client and kubectl need; its pods are real HTTP model servers that load their
 * model out of real images. It is no Kubernetes: no scheduling, no isolation, no volumes.
 */
package io.jenkins.plugins.mldelivery.playground;
