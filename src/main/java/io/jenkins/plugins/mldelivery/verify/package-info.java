/** Metric sources, checks, and the statistics that decide. */
package io.jenkins.plugins.mldelivery.verify;
