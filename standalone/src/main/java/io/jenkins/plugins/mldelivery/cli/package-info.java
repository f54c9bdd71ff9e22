/** The command line: thin adapters over the engine, with the parameter names and defaults of the Jenkins steps. */
package io.jenkins.plugins.mldelivery.cli;
