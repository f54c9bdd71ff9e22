/** The rules of the house, as tests. */
package io.jenkins.plugins.mldelivery.house;
