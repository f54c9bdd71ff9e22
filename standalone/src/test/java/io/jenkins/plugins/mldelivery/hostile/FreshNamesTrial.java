package io.jenkins.plugins.mldelivery.hostile;

import io.jenkins.plugins.mldelivery.verify.VerifyMetrics;
import io.jenkins.plugins.mldelivery.verify.VerifyState;
import io.jenkins.plugins.mldelivery.verify.source.SharedReads;
import java.time.Instant;

/** One wait at a {@link DenseSamplesServer}, look after look. Prints what each ended with. */
final class FreshNamesTrial {
    private FreshNamesTrial() {}

    /** @param args the server's URL, how many looks, and the metric */
    public static void main(String[] args) throws Exception {
        VerifyMetrics verify = DenseSamplesTrial.verify(args[0], args[2], "15s", new SharedReads());
        VerifyState state = new VerifyState(Instant.now().minusSeconds(60), true, null, verify.start(Instant.now()).checks());
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            state = verify.read(state);
            System.out.println(DenseSamplesTrial.said(state));
        }
        System.out.println("ALL");
        System.exit(0);
    }
}
