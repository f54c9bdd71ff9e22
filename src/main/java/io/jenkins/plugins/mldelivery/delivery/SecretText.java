package io.jenkins.plugins.mldelivery.delivery;

import java.io.Serializable;

/**
 * A secret value on its way to the one call that needs it. {@link #toString()} never shows it. It is serialisable only so that an adapter can
 * send it to an agent over Jenkins' encrypted channel; nothing persists it.
 */
public final class SecretText implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String value;

    private SecretText(String value) {
        this.value = value;
    }

    /** Wraps a value; null is refused. */
    public static SecretText of(String value) {
        return new SecretText(java.util.Objects.requireNonNull(value));
    }

    /** The value itself. Call it only where it is handed to the remote side. */
    public String reveal() {
        return value;
    }

    @Override
    public String toString() {
        return "****";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretText && ((SecretText) other).value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }
}
