/** The plugin's configuration in a real Jenkins. */
package io.jenkins.plugins.mldelivery.config;
