/**
 * What all steps share: the ports to the world ({@link io.jenkins.plugins.mldelivery.delivery.Commands}, {@link io.jenkins.plugins.mldelivery.delivery.Clock},
 * {@link io.jenkins.plugins.mldelivery.delivery.Secrets}, {@link io.jenkins.plugins.mldelivery.delivery.EventSink}), the events, the one exception type, and the small values that pass between steps.
 */
package io.jenkins.plugins.mldelivery.delivery;
