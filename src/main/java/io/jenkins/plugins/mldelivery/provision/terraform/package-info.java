/** Terraform and OpenTofu, as a flow of commands that an adapter may run one by one and resume between them. */
package io.jenkins.plugins.mldelivery.provision.terraform;
