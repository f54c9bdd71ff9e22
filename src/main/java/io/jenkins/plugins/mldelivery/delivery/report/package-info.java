/** What remains of a delivery: the record of its events, and the self-contained HTML page drawn from it. */
package io.jenkins.plugins.mldelivery.delivery.report;
