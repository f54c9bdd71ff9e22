/** What the tests of several packages share. */
package io.jenkins.plugins.mldelivery.testing;
