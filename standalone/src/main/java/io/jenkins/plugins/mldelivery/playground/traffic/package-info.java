/** The proxies in front of Services, and the requests that go through them. */
package io.jenkins.plugins.mldelivery.playground.traffic;
