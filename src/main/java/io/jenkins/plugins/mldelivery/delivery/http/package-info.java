/** HTTP to servers that nobody vouches for. */
package io.jenkins.plugins.mldelivery.delivery.http;
