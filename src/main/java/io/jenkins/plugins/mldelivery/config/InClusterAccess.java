package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.HeaderValues;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * The cluster that the agent runs in, with the service account of the agent's own pod. Its files are read on the agent, never on the controller, anew whenever a step begins or goes on, and are
 * not kept. The address is not taken from the agent, which could else make the controller call any other.
 */
public final class InClusterAccess extends KubernetesAccess {
    static final String FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";
    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_URL = "https://kubernetes.default.svc";
    private static final int LARGEST_FILE = 64 * 1024;
    /** Token and certificate, and what their packing takes. */
    private static final int ACCOUNT = 2;
    private static final int ACCOUNT_HEAD = 64;

    private String url = DEFAULT_URL;

    @DataBoundConstructor
    public InClusterAccess() {
        // Everything has a default.
    }

    public String getUrl() {
        return url;
    }

    @DataBoundSetter
    public void setUrl(String url) {
        this.url = Util.fixEmptyAndTrim(url) == null ? DEFAULT_URL : url.trim();
    }

    @Override
    public boolean isOnAgent() {
        return true;
    }

    @Override
    public ClusterAccess resolve(String parameter, RunCredentials credentials) throws DeliveryException {
        return resolve(parameter, credentials, FOLDER);
    }

    ClusterAccess resolve(String parameter, RunCredentials credentials, String folder) throws DeliveryException {
        if (!ApiServerAccess.isHttpUrl(url)) {
            throw DeliveryException.invalid(parameter, "'" + url + "' is no URL of an API server", "Write it like https://10.0.0.1:6443.");
        }
        FilePath agent = credentials.agent();
        if (agent == null) {
            throw DeliveryException.invalid(parameter, "there is no agent whose service account could be used", "Put the step into a node block whose agent is a pod of the cluster.");
        }
        List<String> account;
        try {
            account = AgentCalls.texts(agent, new Read(folder), ACCOUNT, 2 * LARGEST_FILE + ACCOUNT_HEAD);
        } catch (IOException e) {
            throw DeliveryException.unreachable(parameter, "could not read the service account on the agent (" + e.getMessage() + ")", "Run the build again.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DeliveryException.unreachable(parameter, "interrupted while the service account was read on the agent", "Run the build again.", e);
        }
        if (account.size() != ACCOUNT || account.get(0) == null) {
            throw DeliveryException.invalid(
                    parameter, "the agent has no service account: there is no " + folder + "/token", "Use an agent that is a pod with a mounted service account, or give a kubeconfig.");
        }
        return ClusterAccess.server(url, account.get(1), HeaderValues.token(parameter, credentials.remember(account.get(0))));
    }

    /** Reads token and certificate on the agent; the token is null when there is none. */
    private static final class Read extends AgentWork {
        private static final long serialVersionUID = 1L;
        private final String folder;

        Read(String folder) {
            this.folder = folder;
        }

        @Override
        protected List<String> work(File workspace) throws IOException {
            String token = text("token");
            return Arrays.asList(token == null ? null : token.strip(), text("ca.crt"));
        }

        private String text(String name) throws IOException {
            try (InputStream in = Files.newInputStream(Path.of(folder, name))) {
                byte[] bytes = in.readNBytes(LARGEST_FILE + 1);
                if (bytes.length > LARGEST_FILE) {
                    throw new IOException(name + " is too long");
                }
                String text = new String(bytes, StandardCharsets.UTF_8);
                return text.isBlank() ? null : text;
            } catch (NoSuchFileException e) {
                return null;
            }
        }
    }

    /** Descriptor. */
    @Extension
    @Symbol("inCluster")
    public static final class DescriptorImpl extends KubernetesAccessDescriptor {
        @Override
        public String getDisplayName() {
            return Messages.InClusterAccess_DisplayName();
        }

        @RequirePOST
        public FormValidation doCheckUrl(@AncestorInPath Item item, @QueryParameter String url) {
            CredentialsChoices.checkMayConfigure(item);
            return ApiServerAccess.isHttpUrl(Util.fixEmptyAndTrim(url)) ? FormValidation.ok() : FormValidation.error(Messages.ApiServerAccess_NoUrl());
        }
    }
}
