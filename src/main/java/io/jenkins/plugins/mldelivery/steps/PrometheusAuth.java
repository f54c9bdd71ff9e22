package io.jenkins.plugins.mldelivery.steps;

import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.config.KnownParameters;
import io.jenkins.plugins.mldelivery.verify.source.PrometheusAccess;
import java.io.Serializable;

/** Another login to Prometheus than with plain credentials, as scripts and forms describe it. */
public abstract class PrometheusAuth extends AbstractDescribableImpl<PrometheusAuth> implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The engine's kind of login. */
    abstract PrometheusAccess.Authentication authentication();

    /** Descriptor of a kind of login. */
    public abstract static class PrometheusAuthDescriptor extends Descriptor<PrometheusAuth>
            implements KnownParameters {}
}
