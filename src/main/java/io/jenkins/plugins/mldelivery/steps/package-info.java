/** The Pipeline steps: thin adapters over the engine, with the same parameter names, defaults and error texts as the command line. */
package io.jenkins.plugins.mldelivery.steps;
