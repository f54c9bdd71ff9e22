/** The steps in a real Jenkins, delivering to the playground. */
package io.jenkins.plugins.mldelivery.steps;
