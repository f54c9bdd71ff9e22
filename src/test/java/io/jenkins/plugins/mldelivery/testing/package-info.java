/** What tests of several packages share: time moved by hand, servers on loopback. */
package io.jenkins.plugins.mldelivery.testing;
