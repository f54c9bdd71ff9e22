package io.jenkins.plugins.mldelivery.steps;

import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The fields of a step's form that say how Prometheus is reached. Public for the forms alone. */
@Restricted(NoExternalUse.class)
public abstract class PrometheusStepDescriptor extends MlStepDescriptor {
    /** The kinds of login, for the form. */
    public List<PrometheusAuth.PrometheusAuthDescriptor> getAuthDescriptors() {
        return Jenkins.get().getDescriptorList(PrometheusAuth.class);
    }

    @RequirePOST
    public FormValidation doCheckPrometheus(@AncestorInPath Item item, @QueryParameter String prometheus) {
        return PrometheusParameters.checkUrl(item, prometheus);
    }

    @RequirePOST
    public FormValidation doCheckCaCertificate(@AncestorInPath Item item, @QueryParameter String caCertificate) {
        return PrometheusParameters.check(item, "caCertificate", p -> p.setCaCertificate(caCertificate));
    }

    @RequirePOST
    public FormValidation doCheckProxy(@AncestorInPath Item item, @QueryParameter String proxy) {
        return PrometheusParameters.check(item, "proxy", p -> p.setProxy(proxy));
    }

    @RequirePOST
    public FormValidation doCheckNoProxyText(@AncestorInPath Item item, @QueryParameter String noProxyText) {
        return PrometheusParameters.checkNoProxy(item, noProxyText);
    }

    @RequirePOST
    public FormValidation doCheckQueryTimeout(@AncestorInPath Item item, @QueryParameter String queryTimeout) {
        return PrometheusParameters.check(item, "queryTimeout", p -> p.setQueryTimeout(queryTimeout));
    }

    @RequirePOST
    public ListBoxModel doFillClientCertificateIdItems(@AncestorInPath Item item, @QueryParameter String clientCertificateId) {
        return PrometheusParameters.clientCertificates(item, clientCertificateId);
    }
}
