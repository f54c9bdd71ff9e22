/** The plugin's configuration in Jenkins: clusters, and credentials found with the run's own rights. */
package io.jenkins.plugins.mldelivery.config;
