package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.Test;

public class OwnerSharesTest {
    @Test
    public void theTopLevelItemIsTheFirstPartOfTheName() {
        assertEquals(new Owner("team/app/main", "team"), Owner.ofJob("team/app/main"));
        assertEquals(new Owner("app", "app"), Owner.ofJob("app"));
        assertEquals(Owner.only(), Owner.only());
    }

    @Test
    public void aJobHasItsShareAndItsFolderALargerOne() {
        OwnerShares shares = new OwnerShares(2, 3);
        Owner a = Owner.ofJob("f/a");
        Owner b = Owner.ofJob("f/g/b");
        assertTrue(shares.enter(a) && shares.enter(a));
        assertFalse("the job has its share", shares.enter(a));
        assertTrue(shares.enter(b));
        assertFalse("the folder has its share", shares.enter(b));
        assertTrue("of another name that begins alike", shares.enter(Owner.ofJob("f2/a")));
        assertTrue("at the top", shares.enter(Owner.ofJob("top")) && shares.enter(Owner.ofJob("top")));
        assertFalse(shares.enter(Owner.ofJob("top")));
        shares.leave(a);
        assertTrue("what one job gives back another one gets", shares.enter(b));
        assertFalse(shares.enter(a));
    }

    @Test
    public void aFolderHasNoLessThanAJob() {
        assertThrows(IllegalArgumentException.class, () -> new OwnerShares(2, 1));
        assertThrows(IllegalArgumentException.class, () -> new OwnerShares(0, 1));
    }

    /** Held against a list of who is in. */
    @Test
    public void inAnyOrderItCountsWhoIsIn() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int ofJob = 1 + random.nextInt(3);
            int ofTop = ofJob + random.nextInt(5);
            OwnerShares shares = new OwnerShares(ofJob, ofTop);
            List<Owner> in = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                if (!in.isEmpty() && random.nextInt(3) == 0) {
                    shares.leave(in.remove(random.nextInt(in.size())));
                    continue;
                }
                Owner owner = Owner.ofJob("ab".charAt(random.nextInt(2)) + "/" + random.nextInt(4));
                long ofItsJob = in.stream().filter(owner::equals).count();
                long ofItsTop = in.stream().filter(other -> other.top().equals(owner.top())).count();
                assertEquals("seed " + seed, ofItsJob, shares.inJob(owner));
                assertEquals("seed " + seed, ofItsTop, shares.inTop(owner));
                boolean entered = shares.enter(owner);
                assertEquals("seed " + seed, ofItsJob < ofJob && ofItsTop < ofTop, entered);
                if (entered) {
                    in.add(owner);
                }
            }
        }
    }
}
