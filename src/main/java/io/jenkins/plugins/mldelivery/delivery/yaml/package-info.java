/** YAML from outside, read within limits and as data only. */
package io.jenkins.plugins.mldelivery.delivery.yaml;
