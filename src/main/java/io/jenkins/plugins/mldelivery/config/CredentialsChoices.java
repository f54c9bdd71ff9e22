package io.jenkins.plugins.mldelivery.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.model.Item;
import hudson.model.Queue;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.Jenkins;

/** The drop-down of credentials in forms: whoever may not configure here sees only what is chosen already, so that ids can't be enumerated. */
public final class CredentialsChoices {
    private CredentialsChoices() {}

    /**
     * The choices.
     *
     * @param item the job of the form, or null for the global configuration
     * @param current the id chosen now
     * @param types kinds of credentials that fit
     */
    @SafeVarargs
    public static ListBoxModel of(Item item, String current, Class<? extends StandardCredentials>... types) {
        StandardListBoxModel result = new StandardListBoxModel();
        if (!mayUseCredentials(item)) {
            return result.includeCurrentValue(current);
        }
        result.includeEmptyValue();
        for (Class<? extends StandardCredentials> type : types) {
            if (item == null) {
                result.includeMatchingAs(ACL.SYSTEM2, Jenkins.get(), type, List.of(), CredentialsMatchers.always());
            } else {
                result.includeMatchingAs(
                        item instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2, item, type, List.of(), CredentialsMatchers.always());
            }
        }
        return result.includeCurrentValue(current);
    }

    /** Whether the user may fill in this form. */
    public static boolean mayConfigure(Item item) {
        return item == null ? Jenkins.get().hasPermission(Jenkins.ADMINISTER) : item.hasPermission(Item.EXTENDED_READ);
    }

    /** Fails when the user may not fill in this form. */
    public static void checkMayConfigure(Item item) {
        if (item == null) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        } else {
            item.checkPermission(Item.EXTENDED_READ);
        }
    }

    private static boolean mayUseCredentials(Item item) {
        return item == null
                ? Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                : Stream.of(Item.EXTENDED_READ, CredentialsProvider.USE_ITEM).anyMatch(item::hasPermission);
    }
}
