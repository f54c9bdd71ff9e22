/** The rollout state machine and what it acts on. */
package io.jenkins.plugins.mldelivery.deploy;
