/** The statistics that decide: sequential tests that are valid however often they are looked at. */
package io.jenkins.plugins.mldelivery.verify.stats;
