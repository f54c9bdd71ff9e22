package io.jenkins.plugins.mldelivery.testing;

import io.jenkins.plugins.mldelivery.delivery.KeyedHash;
import io.jenkins.plugins.mldelivery.deploy.Deployer;

/** Who rolls out in tests. */
public final class Deployers {
    private Deployers() {}

    /** With the key that most tests share. */
    public static Deployer of(String holder) {
        return of(holder, 1);
    }

    /** With checks, by their canonical text. */
    public static Deployer judged(String holder, String judge) {
        return new Deployer(holder, of(holder).configKey(), judge);
    }

    /** With a key of this number. */
    public static Deployer of(String holder, int key) {
        return new Deployer(holder, key(key));
    }

    /** The key of this number. */
    public static KeyedHash key(int number) {
        return KeyedHash.withKey(new byte[] {(byte) number, 7, 7, 7});
    }
}
