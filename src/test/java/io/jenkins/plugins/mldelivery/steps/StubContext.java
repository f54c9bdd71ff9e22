package io.jenkins.plugins.mldelivery.steps;

import static org.junit.Assert.assertNotNull;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import hudson.model.Result;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A context without a Pipeline: notes the outcome, and lets a test look at each save. */
final class StubContext extends StepContext {
    private static final long serialVersionUID = 1L;
    private static final int PATIENCE = 60;

    private transient BlockingQueue<Object> ends;
    private transient Map<Class<?>, Object> values;
    private transient Runnable onSave;

    StubContext() {
        attach(Map.of(), () -> { });
    }

    /** Gives it what is not persisted. */
    StubContext attach(Map<Class<?>, Object> newValues, Runnable newOnSave) {
        ends = new LinkedBlockingQueue<>();
        values = new HashMap<>(newValues);
        onSave = newOnSave;
        return this;
    }

    /** The step's result or failure. */
    Object await() throws InterruptedException {
        Object end = ends.poll(PATIENCE, TimeUnit.SECONDS);
        assertNotNull("the step hangs", end);
        return end;
    }

    /** An execution as it is after a restart of the controller. */
    static TickingExecution copy(TickingExecution execution) {
        return read(write(execution));
    }

    static byte[] write(TickingExecution execution) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(execution);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    static TickingExecution read(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            TickingExecution execution = (TickingExecution) in.readObject();
            ((StubContext) execution.getContext()).attach(Map.of(), () -> { });
            return execution;
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void onSuccess(Object result) {
        ends.add(result);
    }

    @Override
    public void onFailure(Throwable failure) {
        ends.add(failure);
    }

    @Override
    public <T> T get(Class<T> key) {
        return key.cast(values.get(key));
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public ListenableFuture<Void> saveState() {
        onSave.run();
        return Futures.immediateFuture(null);
    }

    @Override
    public void setResult(Result result) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BodyInvoker newBodyInvoker() {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
