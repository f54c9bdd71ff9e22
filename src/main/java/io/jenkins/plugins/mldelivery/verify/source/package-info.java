/** Where metrics come from. */
package io.jenkins.plugins.mldelivery.verify.source;
