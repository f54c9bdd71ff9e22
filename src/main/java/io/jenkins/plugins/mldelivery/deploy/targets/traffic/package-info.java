/** Who divides the requests between the two versions: Gateway API, Istio, ingress-nginx, or the selector of a Service. */
package io.jenkins.plugins.mldelivery.deploy.targets.traffic;
