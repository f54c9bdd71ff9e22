package io.jenkins.plugins.mldelivery.config;

import hudson.Extension;
import hudson.ExtensionList;
import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import jenkins.model.Jenkins;
import jenkins.security.HMACConfidentialKey;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What tells this controller from others. It is derived from a random key that Jenkins keeps in the folder
 * {@code secrets} of its home and that never leaves the controller; a copy of the home is the same controller.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ControllerIdentity {
    private static final int ID_BYTES = 5;

    private final HMACConfidentialKey key = new HMACConfidentialKey(ControllerIdentity.class, "key");

    /** That of this Jenkins. */
    public static ControllerIdentity get() {
        return ExtensionList.lookupSingleton(ControllerIdentity.class);
    }

    /** Hashes with the controller's key. */
    public KeyedHash keyedHash() {
        return key::mac;
    }

    /** The controller for people to read and for others to compare: its URL when it is configured, and ten hexadecimal digits. */
    public String title() {
        byte[] hash = key.mac("ml-delivery controller".getBytes(StandardCharsets.UTF_8));
        String url = Jenkins.get().getRootUrl();
        return "Jenkins " + (url == null ? "" : url + " ") + HexFormat.of().formatHex(hash, 0, ID_BYTES);
    }
}
