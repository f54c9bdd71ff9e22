package io.jenkins.plugins.mldelivery.steps;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.mldelivery.config.CredentialsChoices;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import io.jenkins.plugins.mldelivery.verify.PrometheusOptions;
import io.jenkins.plugins.mldelivery.verify.VerifyMetricsRequest;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/**
 * The parameters of <code>mlVerifyMetrics</code> and of <code>metrics(…)</code> that say how Prometheus is reached: those of {@link PrometheusOptions}. The two have no superclass in common, so each
 * binds properties of its own and keeps their values in one of these.
 */
final class PrometheusParameters implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Those that a script gives as maps. */
    static final List<String> MAPS = List.of("headers", "secretHeaders");
    /** Those for which the form has a text area, an element a line. */
    static final List<String> LINES = List.of("noProxy");

    private static final String ANY_URL = "https://prometheus";
    /** Stands for credentials in a form's check, which is of another field. */
    /** For checks without a build: whatever credentials are named, they are there. */
    static final Secrets ANY_SECRETS = id -> Optional.of(new Login(id, SecretText.of(id)));

    private PrometheusAuth auth;
    private List<Setting> headers = new ArrayList<>();
    private List<Setting> secretHeaders = new ArrayList<>();
    private String caCertificate;
    private String clientCertificateId;
    private boolean insecure;
    private boolean allowPlainHttp;
    private String proxy;
    private List<String> noProxy = new ArrayList<>();
    private String queryTimeout = PrometheusOptions.DEFAULT_QUERY_TIMEOUT;

    /** The engine's options. */
    PrometheusOptions options() {
        return new PrometheusOptions(
                auth == null ? null : auth.authentication(), Setting.toMap(headers), Setting.toMap(secretHeaders), caCertificate, clientCertificateId, insecure, allowPlainHttp,
                proxy, noProxy, queryTimeout);
    }

    PrometheusAuth getAuth() {
        return auth;
    }

    void setAuth(PrometheusAuth auth) {
        this.auth = auth;
    }

    List<Setting> getHeaders() {
        return headers;
    }

    void setHeaders(List<Setting> headers) {
        this.headers = headers == null ? new ArrayList<>() : new ArrayList<>(headers);
    }

    List<Setting> getSecretHeaders() {
        return secretHeaders;
    }

    void setSecretHeaders(List<Setting> secretHeaders) {
        this.secretHeaders = secretHeaders == null ? new ArrayList<>() : new ArrayList<>(secretHeaders);
    }

    String getCaCertificate() {
        return caCertificate;
    }

    /** @param caCertificate with line ends of any kind, since a text area sends its own */
    void setCaCertificate(String caCertificate) {
        String text = Util.fixEmptyAndTrim(caCertificate);
        this.caCertificate = text == null ? null : text.replace("\r\n", "\n");
    }

    String getClientCertificateId() {
        return clientCertificateId;
    }

    void setClientCertificateId(String clientCertificateId) {
        this.clientCertificateId = Util.fixEmptyAndTrim(clientCertificateId);
    }

    boolean isInsecure() {
        return insecure;
    }

    void setInsecure(boolean insecure) {
        this.insecure = insecure;
    }

    boolean isAllowPlainHttp() {
        return allowPlainHttp;
    }

    void setAllowPlainHttp(boolean allowPlainHttp) {
        this.allowPlainHttp = allowPlainHttp;
    }

    String getProxy() {
        return proxy;
    }

    void setProxy(String proxy) {
        this.proxy = Util.fixEmptyAndTrim(proxy);
    }

    List<String> getNoProxy() {
        return noProxy;
    }

    void setNoProxy(List<String> noProxy) {
        this.noProxy = noProxy == null ? new ArrayList<>() : new ArrayList<>(noProxy);
    }

    String getQueryTimeout() {
        return queryTimeout;
    }

    void setQueryTimeout(String queryTimeout) {
        this.queryTimeout = Util.fixEmptyAndTrim(queryTimeout) == null ? PrometheusOptions.DEFAULT_QUERY_TIMEOUT : queryTimeout.trim();
    }

    /** What the engine says of the server's URL in a form. */
    static FormValidation checkUrl(Item item, String url) {
        CredentialsChoices.checkMayConfigure(item);
        String given = Util.fixEmptyAndTrim(url);
        return given == null ? FormValidation.ok() : FormFields.validate("prometheus", () -> request(given, new PrometheusParameters()).checkAccess(ANY_SECRETS));
    }

    /** What the engine says of one parameter in a form when all the others are well. */
    static FormValidation check(Item item, String parameter, Consumer<PrometheusParameters> setter) {
        CredentialsChoices.checkMayConfigure(item);
        PrometheusParameters parameters = new PrometheusParameters();
        setter.accept(parameters);
        return FormFields.validate(parameter, () -> request(ANY_URL, parameters).checkAccess(ANY_SECRETS));
    }

    /** Likewise of the hosts without the proxy, one a line. */
    static FormValidation checkNoProxy(Item item, String hosts) {
        return check(item, "noProxy", p -> {
            p.setNoProxy(FormFields.lines(Util.fixNull(hosts)));
            p.setProxy(p.getNoProxy().isEmpty() ? null : "proxy:3128");
        });
    }

    /** The client certificates to choose from in a form. */
    static ListBoxModel clientCertificates(Item item, String current) {
        return CredentialsChoices.of(item, current, StandardCertificateCredentials.class, StringCredentials.class);
    }

    private static VerifyMetricsRequest request(String url, PrometheusParameters parameters) {
        VerifyMetricsRequest plain = VerifyMetricsRequest.of(List.of());
        return new VerifyMetricsRequest(
                plain.checks(), url, null, parameters.options(), null, null, List.of(), List.of(), plain.interval(), plain.timeout(), plain.onInconclusive());
    }
}
