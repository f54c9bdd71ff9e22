package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What a check has seen, from which its next look goes on: immutable, with a JSON form. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Measurements.class, name = "measurements"),
    @JsonSubTypes.Type(value = RequestEvidence.class, name = "requests"),
    @JsonSubTypes.Type(value = HistogramEvidence.class, name = "histograms"),
    @JsonSubTypes.Type(value = GaugeEvidence.class, name = "gauge")
})
public sealed interface Evidence permits Measurements, RequestEvidence, HistogramEvidence, GaugeEvidence {}
