package io.jenkins.plugins.mldelivery.delivery.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.AnswerException;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.http.UnreachedException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Turns errors of the Kubernetes API into one sentence with a remedy. */
public final class KubernetesErrors {
    /** What helps when the API server refuses the login (401). */
    public static final String LOGIN_REMEDY = "Check the credentials for the cluster, which may have expired.";

    private static final String WRONG_OBJECT_REMEDY = "Correct what the API server does not take.";

    /** With which server-side apply refuses, by HTTP 500, a field of a wrong type and one that does not exist. */
    private static final String WRONG_TYPE = "failed to create typed patch object";

    private static final int TOO_MANY_REQUESTS = 429;

    private KubernetesErrors() {}

    /** Whether the same call may succeed later without the user doing anything: no connection, 429, 5xx. */
    public static boolean isTransient(KubernetesClientException e) {
        if (unanswered(e)) {
            AnswerException answer = cause(e, AnswerException.class);
            boolean lasting = answer != null && !answer.isPassing()
                    || cause(e, DeliveryException.class) != null
                    || cause(e, JsonProcessingException.class) != null;
            return !lasting;
        }
        return e.getCode() == TOO_MANY_REQUESTS
                || e.getCode() >= HttpURLConnection.HTTP_INTERNAL_ERROR && !isOfWrongType(e);
    }

    /**
     * Whether no API server answers so: the address is wrong, or what stands before the API server, such as a balancer
     * or a portal, has answered in its place. The same call may succeed later, if it ever has.
     */
    public static boolean isForeign(KubernetesClientException e) {
        AnswerException answer = unanswered(e) ? cause(e, AnswerException.class) : null;
        return answer != null && answer.isForeign()
                || e.getCode() >= HttpURLConnection.HTTP_MULT_CHOICE && e.getCode() < HttpURLConnection.HTTP_BAD_REQUEST;
    }

    private static boolean isOfWrongType(KubernetesClientException e) {
        return e.getMessage() != null && e.getMessage().contains(WRONG_TYPE);
    }

    /**
     * Whether the API server did not answer at all, or not to the end; the client gives such failures no status code.
     */
    private static boolean unanswered(KubernetesClientException e) {
        return e.getCode() <= 0;
    }

    /** Whether the API server does not accept the login (401), or gives it no right to do this (403). */
    private static boolean isRefusal(KubernetesClientException e) {
        return e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED || e.getCode() == HttpURLConnection.HTTP_FORBIDDEN;
    }

    /** What went wrong, in a few words without a full stop: what the API server said, or why it said nothing. */
    public static String said(KubernetesClientException e) {
        if (e.getStatus() != null && e.getStatus().getMessage() != null) {
            return withoutStop(e.getStatus().getMessage());
        }
        return withoutStop(unanswered(e) ? silence(e) : String.valueOf(e.getMessage()));
    }

    private static String silence(Throwable e) {
        if (cause(e, AnswerException.class) != null) {
            return cause(e, AnswerException.class).getMessage();
        }
        if (cause(e, DeliveryException.class) != null) {
            return cause(e, DeliveryException.class).sentence();
        }
        if (cause(e, JsonProcessingException.class) != null) {
            return "its answer can't be read"; // The parser's message quotes it.
        }
        if (cause(e, HttpTimeoutException.class) != null || cause(e, TimeoutException.class) != null) {
            return "it did not answer in time";
        }
        if (cause(e, GeneralSecurityException.class) != null && cause(e, SSLException.class) != null) {
            return "its certificate is not trusted (" + cause(e, GeneralSecurityException.class).getMessage() + ")";
        }
        if (cause(e, UnreachedException.class) != null) {
            return cause(e, UnreachedException.class).getMessage();
        }
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (root instanceof UnresolvedAddressException || root instanceof UnknownHostException) {
            return "its host name is unknown";
        }
        if (root instanceof ConnectException || root instanceof ClosedChannelException) {
            return "no connection";
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private static String remedy(KubernetesClientException e) {
        int code = e.getCode();
        if (isOfWrongType(e)) {
            return WRONG_OBJECT_REMEDY;
        }
        return switch (code) {
            case HttpURLConnection.HTTP_UNAUTHORIZED -> LOGIN_REMEDY;
            case HttpURLConnection.HTTP_FORBIDDEN -> "Grant this right to the cluster's login.";
            case HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_GONE -> "Try again: it was changed meanwhile.";
            case HttpURLConnection.HTTP_NOT_FOUND -> "Check the names, and that the cluster knows this kind of object.";
            default -> {
                if (code == TOO_MANY_REQUESTS || code >= HttpURLConnection.HTTP_INTERNAL_ERROR) {
                    yield "Try again later, or ask the cluster's administrator.";
                }
                yield code >= HttpURLConnection.HTTP_BAD_REQUEST
                        ? WRONG_OBJECT_REMEDY
                        : "Give the address of the API server itself.";
            }
        };
    }

    private static <T extends Throwable> T cause(Throwable e, Class<T> type) {
        int left = 50;
        for (Throwable cause = e; cause != null && left > 0; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            left--;
        }
        return null;
    }

    /**
     * Why a pod's answer, which came through the API server, can't be used; null when that is not the pod's fault.
     */
    public static String unusable(Throwable e) {
        AnswerException answer = cause(e, AnswerException.class);
        return answer == null ? null : answer.getMessage();
    }

    /**
     * The exception for the user.
     *
     * @param what what was being done, such as {@code read Deployment ml/churn}
     */
    public static DeliveryException explain(String what, KubernetesClientException e) {
        DeliveryException refused = cause(e, DeliveryException.class);
        if (refused != null) {
            return refused;
        }
        String problem = "could not " + what + ": " + said(e);
        if (!unanswered(e)) {
            return isRefusal(e)
                    ? DeliveryException.refused("cluster", problem, remedy(e), e)
                    : DeliveryException.failed("cluster", problem, remedy(e), e);
        }
        return !isTransient(e)
                ? DeliveryException.failed(
                        "cluster",
                        problem,
                        "Check that the address is an API server's and that nothing between changes what it answers.",
                        e)
                : unreachable(problem, e);
    }

    /**
     * The exception for the user where no answer came, which may pass.
     *
     * @param problem with what went wrong
     */
    public static DeliveryException unreachable(String problem, Throwable e) {
        AnswerException answer = cause(e, AnswerException.class);
        String remedy = answer != null && answer.isUnasked()
                ? "Run fewer steps with this cluster at a time, or look why the others get no answer."
                : "Check the kubeconfig's server address, and that the cluster is up.";
        return DeliveryException.unreachable("cluster", problem, remedy, e);
    }

    /**
     * Without the full stops and the white space at the end. A regular expression takes quadratic time for a text of
     * many of them.
     */
    public static String withoutStop(String text) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '.' || Character.isWhitespace(text.charAt(end - 1)))) {
            end--;
        }
        return text.substring(0, end);
    }
}
