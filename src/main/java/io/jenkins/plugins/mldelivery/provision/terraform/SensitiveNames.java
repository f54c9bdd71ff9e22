package io.jenkins.plugins.mldelivery.provision.terraform;

import java.util.regex.Pattern;

/**
 * Which variables and backend settings are taken as secret by their name alone: those whose name has <code>password
 * </code>, <code>passwd</code>, <code>pwd</code>, <code>passphrase</code>, <code>secret</code>, <code>token</code>,
 * <code>credential</code> or <code>private</code> in it, or ends in <code>key</code> (<code>access_key</code>, <code>
 * apiKey</code>; <code>key</code> itself is the path of a state), and those of connection strings, which have a password
 * in them as a rule: <code>conn_str</code>, <code>connection_string</code>, <code>dsn</code>, <code>sas</code>. Values of others, such as a region, are no secrets:
 * masking them would make a log unreadable.
 */
final class SensitiveNames {
    private static final int MAX_NAME = 256;
    private static final Pattern SECRET = Pattern.compile(
            "password|passwd|pwd|passphrase|secret|token|credential|private|.key$"
                    + "|conn_?str|connection_?string|(^|_)dsn(_|$)|(^|_)sas(_|$)", Pattern.CASE_INSENSITIVE);

    private SensitiveNames() {}

    /** Whether a value of this name is taken as secret. */
    static boolean matches(String name) {
        return SECRET.matcher(name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name)
                .find();
    }
}
