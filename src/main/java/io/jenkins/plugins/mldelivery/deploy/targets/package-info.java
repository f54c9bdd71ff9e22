/** What a rollout acts on. */
package io.jenkins.plugins.mldelivery.deploy.targets;
