/** What model servers, serving layers, meshes and ingresses call their requests, their errors and their latency, so that nobody has to name a metric. */
package io.jenkins.plugins.mldelivery.verify.preset;
