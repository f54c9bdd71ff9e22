/** Plans, guards and applies infrastructure as code. */
package io.jenkins.plugins.mldelivery.provision;
