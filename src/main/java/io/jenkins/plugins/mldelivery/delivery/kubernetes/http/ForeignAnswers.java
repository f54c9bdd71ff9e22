package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Recognizes what no API server answers: a balancer that has no backend says 404 in plain text, a portal shows a page.
 * Read as the API server's, such an answer would mean that an object is not there, or that there is no right to see it.
 */
final class ForeignAnswers {
    /**
     * What every cluster serves. Of other groups, and of other versions, an API server itself says 404 in plain text when
     * it does not serve them.
     */
    private static final Pattern EVERYWHERE = Pattern.compile("/api/v1(/.*)?$|/apis/("
            + "apps/v1|authorization\\.k8s\\.io/v1|autoscaling/v[12]|batch/v1|coordination\\.k8s\\.io/v1"
            + "|networking\\.k8s\\.io/v1|policy/v1|rbac\\.authorization\\.k8s\\.io/v1)(/.*)?$");

    private static final Pattern API = Pattern.compile("/(api|apis)/");

    /** What others answer through the API server. */
    private static final Pattern HANDED_ON = Pattern.compile("/(pods|services|nodes)/[^/]+/proxy(/|$)");

    private static final String STATUS = "Status";

    private ForeignAnswers() {}

    private static boolean isHandedOn(String path) {
        return HANDED_ON.matcher(path).find();
    }

    private static String path(URI uri) {
        return String.valueOf(uri.getPath());
    }

    /** Whether an API server has an object to answer with, which says what it is. */
    static boolean isOfEveryCluster(URI uri) {
        return EVERYWHERE.matcher(path(uri)).find() && !isHandedOn(path(uri));
    }

    /**
     * Refuses an error that would mean something if an API server had said it, which always says it in a Status. What
     * means that it is busy (429, 5xx), and that the login is not accepted (401), is waited out whoever says it.
     *
     * @throws AnswerException when something else has answered
     */
    static void checkError(URI uri, int code, String body) throws AnswerException {
        boolean missing = code == HttpURLConnection.HTTP_NOT_FOUND && isOfEveryCluster(uri);
        boolean forbidden = code == HttpURLConnection.HTTP_FORBIDDEN
                && API.matcher(path(uri)).find()
                && !isHandedOn(path(uri));
        if ((missing || forbidden) && !isStatus(body)) {
            throw AnswerException.notOfApi(
                    body.isBlank() ? "status " + code + " without a word" : AnswerShape.quote(code, body));
        }
    }

    private static boolean isStatus(String body) {
        try {
            return STATUS.equals(
                    AnswerShape.check(body.getBytes(StandardCharsets.UTF_8), AnswerLimits.OBJECT_MEMORY));
        } catch (AnswerException e) {
            return false;
        }
    }
}
