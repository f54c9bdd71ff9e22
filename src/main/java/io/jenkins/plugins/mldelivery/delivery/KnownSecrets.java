package io.jenkins.plugins.mldelivery.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every secret that a run has seen so far, so that none of them leaves it in a text. A secret is learned before it is used: what {@link Secrets} gives out is learned by the {@link Environment}; whoever derives
 * one (a token of a kubeconfig, an OAuth token, the value of a sensitive variable) learns it here. Thread-safe.
 */
public final class KnownSecrets {
    /** Causes of causes that are copied at most. */
    private static final int MAX_CAUSES = 20;
    private static final int MAX_DEPTH = 100;
    /** A step brings at most some 300. */
    static final int MAX_SECRETS = 5_000;
    /**
     * Characters of all secrets together: the largest secret file, and as much again. Their forms take some twenty times as
     * much memory as long as the run lasts.
     */
    static final int MAX_LENGTH = 2 * 1024 * 1024;

    private final Set<String> secrets = new HashSet<>();
    private long length;
    private boolean full;
    private volatile Masker masker = Masker.of(List.of());

    /** Masks this value from now on; {@code null} is ignored. */
    public void learn(SecretText secret) {
        learn(secret == null ? List.of() : List.of(secret));
    }

    /** Masks these values from now on. With more than 5,000 in a run, or more than 2 MiB, each text is masked as a whole. */
    public synchronized void learn(Collection<SecretText> more) {
        if (full) {
            return;
        }
        List<String> fresh = new ArrayList<>();
        for (SecretText secret : more) {
            if (secrets.add(secret.reveal())) {
                fresh.add(secret.reveal());
                length += secret.reveal().length();
            }
            if (length > MAX_LENGTH || secrets.size() > MAX_SECRETS) {
                full = true;
                secrets.clear();
                masker = Masker.ofAll();
                return;
            }
        }
        masker = masker.with(fresh);
    }

    /** The text with every known secret replaced. Cut a text after it was masked, not before. */
    public String mask(String text) {
        return masker.mask(text);
    }

    /**
     * A value with every known secret replaced in the texts in it: a text, a list or map of such values, or anything else, which is left as it is.
     * So is the key of a map in it; the keys of the outermost map are left, since they are the result's own words.
     *
     * @throws IllegalArgumentException when it is nested deeper than 100 levels
     */
    public Object maskValue(Object value) {
        return maskValue(value, 0);
    }

    private Object maskValue(Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("nested deeper than " + MAX_DEPTH + " levels");
        }
        if (value instanceof String text) {
            return mask(text);
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> masked = new LinkedHashMap<>();
            map.forEach((key, one) -> masked.put(depth == 0 ? key : maskKey(key, masked), maskValue(one, depth + 1)));
            return masked;
        }
        if (value instanceof List<?> list) {
            List<Object> masked = new ArrayList<>(list.size());
            list.forEach(one -> masked.add(maskValue(one, depth + 1)));
            return masked;
        }
        return value;
    }

    /** The key with every known secret replaced, and a number where another one looks the same without its secret. */
    private Object maskKey(Object key, Map<Object, Object> taken) {
        if (!(key instanceof String text)) {
            return key;
        }
        String masked = mask(text);
        String free = masked;
        for (int n = taken.size() + 1; taken.containsKey(free); n++) {
            free = masked + " (" + n + ")";
        }
        return free;
    }

    /** A sink that masks each event before it hands it on. */
    public EventSink masking(EventSink sink) {
        return sink instanceof Masking masking && masking.by == this ? sink : new Masking(sink, this);
    }

    /** {@link Secrets} whose answers are learned. */
    public Secrets learning(Secrets source) {
        return source instanceof Learning known && known.to == this ? source : new Learning(source, this);
    }

    /**
     * An exception that may be printed.
     *
     * @return the same one when none of its texts, nor those of its causes, holds a secret or a character that a log would act on; else a copy: of a {@link DeliveryException} again one, of any other a {@link MaskedException}
     */
    public Throwable mask(Throwable e) {
        Map<Throwable, Boolean> seen = new IdentityHashMap<>();
        return isClean(e, seen) ? e : copy(e, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    /** An exception of the engine that may be printed, see {@link #mask(Throwable)}. */
    public DeliveryException mask(DeliveryException e) {
        return (DeliveryException) mask((Throwable) e);
    }

    private String printable(String text) {
        return Printable.line(mask(text));
    }

    private boolean isClean(Throwable e, Map<Throwable, Boolean> seen) {
        if (e == null || seen.put(e, true) != null) {
            return true;
        }
        String text = e.toString();
        if (!text.equals(printable(text)) || !isClean(e.getCause(), seen)) {
            return false;
        }
        for (Throwable suppressed : e.getSuppressed()) {
            if (!isClean(suppressed, seen)) {
                return false;
            }
        }
        return true;
    }

    private Throwable copy(Throwable e, Set<Throwable> seen) {
        if (e == null || seen.size() >= MAX_CAUSES || !seen.add(e)) {
            return null;
        }
        Throwable cause = copy(e.getCause(), seen);
        List<Throwable> suppressed = new ArrayList<>();
        for (Throwable one : e.getSuppressed()) {
            Throwable masked = copy(one, seen);
            if (masked != null) {
                suppressed.add(masked);
            }
        }
        Throwable masked = e instanceof DeliveryException d ? d.masked(this::mask, cause) : new MaskedException(printable(e.toString()), cause);
        masked.setStackTrace(e.getStackTrace());
        suppressed.forEach(masked::addSuppressed);
        return masked;
    }

    /** Masks what it takes. */
    private record Masking(EventSink to, KnownSecrets by) implements EventSink {
        @Override
        public void accept(Event event) {
            to.accept(event.map(by::mask));
        }
    }

    /** Learns what it gives out. */
    private record Learning(Secrets from, KnownSecrets to) implements Secrets {
        @Override
        public java.util.Optional<Login> find(String id) {
            java.util.Optional<Login> login = from.find(id);
            login.ifPresent(this::learn);
            return login;
        }

        @Override
        public Login require(String parameter, String id) throws DeliveryException {
            Login login = from.require(parameter, id);
            learn(login);
            return login;
        }

        @Override
        public ClientIdentity certificate(String parameter, String id) throws DeliveryException {
            ClientIdentity identity = from.certificate(parameter, id);
            to.learn(identity.content());
            to.learn(identity.password());
            return identity;
        }

        private void learn(Login login) {
            to.learn(login.secret());
        }
    }
}
