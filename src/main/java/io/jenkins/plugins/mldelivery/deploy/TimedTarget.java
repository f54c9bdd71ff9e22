package io.jenkins.plugins.mldelivery.deploy;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Gate;
import io.jenkins.plugins.mldelivery.delivery.Track;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A target that has a bounded time in each tick, for all calls together: a rollout's lease runs out after a minute, and
 * other rollouts wait for the thread. A call that is under way when the time is over is interrupted, and is transient
 * trouble: calls may be repeated.
 */
final class TimedTarget implements Target {
    private Target target;
    private final Duration limit;
    private TimeLimit tick;

    /** @param limit of a tick */
    TimedTarget(Target target, Duration limit) {
        this.target = target;
        this.limit = limit;
        begin();
    }

    /** A tick begins. */
    void begin() {
        tick = new TimeLimit(limit);
    }

    /** From now on another one is meant. */
    void turnTo(Target other) {
        target = other;
    }

    /** Another one, within the time that is left of this tick. */
    Target within(Target other) {
        TimedTarget timed = new TimedTarget(other, limit);
        timed.tick = tick;
        return timed;
    }

    @Override
    public void checkAccess() throws DeliveryException, InterruptedException {
        tick.within(() -> {
            target.checkAccess();
            return null;
        });
    }

    @Override
    public Observation observe(Instant now, Gate.Answer answer, String abort)
            throws DeliveryException, InterruptedException {
        return tick.within(() -> target.observe(now, answer, abort));
    }

    @Override
    public List<String> lastLines(Track track) throws DeliveryException, InterruptedException {
        return tick.within(() -> target.lastLines(track));
    }

    @Override
    public void act(Action action, Instant now) throws DeliveryException, InterruptedException {
        tick.within(() -> {
            target.act(action, now);
            return null;
        });
    }

    @Override
    public String url() {
        return target.url();
    }

    @Override
    public String selector(Track track) {
        return target.selector(track);
    }

    @Override
    public String selectorOfPresent(Track track) throws DeliveryException, InterruptedException {
        return tick.within(() -> target.selectorOfPresent(track));
    }

    @Override
    public void read(Track track, Reader reader) throws DeliveryException, InterruptedException {
        tick.within(() -> {
            target.read(track, reader);
            return null;
        });
    }
}
