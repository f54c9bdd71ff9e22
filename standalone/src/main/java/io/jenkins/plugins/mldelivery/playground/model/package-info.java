/** Real HTTP servers for small real models. */
package io.jenkins.plugins.mldelivery.playground.model;
