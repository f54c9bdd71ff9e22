package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.net.URI;
import org.junit.Test;

/** What an API server says, and what something before it says. */
public class ForeignAnswersTest {
    private static final String STATUS = "{\"kind\":\"Status\",\"code\":404}";
    private static final String PLAIN = "404 page not found\n";

    private static String refused(String path, int code, String body) {
        AnswerException e = assertThrows(
                AnswerException.class,
                () -> ForeignAnswers.checkError(URI.create("https://127.0.0.1:6443" + path), code, body));
        assertTrue(e.isForeign());
        return e.getMessage();
    }

    private static void taken(String path, int code, String body) throws AnswerException {
        ForeignAnswers.checkError(URI.create("https://127.0.0.1:6443" + path), code, body);
    }

    @Test
    public void whatEveryClusterServesIsMissingInAStatusOnly() throws Exception {
        for (String path : new String[] {
            "/api/v1/namespaces/ml/pods/a",
            "/api/v1",
            "/k8s/clusters/c-1/api/v1/namespaces/ml",
            "/apis/apps/v1/namespaces/ml/deployments/a",
            "/apis/apps/v1/namespaces/ml/deployments/a/scale",
            "/apis/coordination.k8s.io/v1/namespaces/ml/leases/a",
            "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        }) {
            assertEquals("status 404: 404 page not found", refused(path, 404, PLAIN));
            assertEquals("status 404 without a word", refused(path, 404, " \n"));
            assertEquals("status 404: {\"message\":\"no Route\"}", refused(path, 404, "{\"message\":\"no Route\"}"));
            taken(path, 404, STATUS);
        }
    }

    @Test
    public void whatNotEveryClusterServesIsMissingInPlainTextToo() throws Exception {
        for (String path : new String[] {
            "/apis/keda.sh/v1alpha1/namespaces/ml/scaledobjects/a",
            "/apis/gateway.networking.k8s.io/v1/namespaces/ml/httproutes/a",
            "/apis/batch/v1beta1/namespaces/ml/cronjobs/a",
            "/apis/autoscaling/v2beta2",
            "/openapi/v3",
            "/version"
        }) {
            taken(path, 404, PLAIN);
        }
    }

    @Test
    public void whatIsForbiddenIsSoInAStatusOnly() throws Exception {
        String page = "<html>Request blocked</html>";
        assertEquals("status 403: " + page, refused("/api/v1/namespaces/ml/pods/a", 403, page));
        assertEquals("status 403: " + page, refused("/apis/keda.sh/v1alpha1/namespaces/ml/scaledobjects/a", 403, page));
        taken("/api/v1/namespaces/ml/pods/a", 403, "{\"kind\":\"Status\",\"code\":403}");
    }

    @Test
    public void whatAPodSaysIsItsOwn() throws Exception {
        for (int code : new int[] {403, 404}) {
            taken("/api/v1/namespaces/ml/pods/a:8080/proxy/metrics", code, PLAIN);
            taken("/api/v1/namespaces/ml/services/a/proxy", code, PLAIN);
        }
        assertEquals("a pod of this name", "status 404: 404 page not found", refused("/api/v1/namespaces/ml/pods/proxy", 404, PLAIN));
    }

    @Test
    public void aLoginThatIsNotAcceptedAndABusyServerAreAsTheyWere() throws Exception {
        for (int code : new int[] {401, 429, 500, 502, 503, 504}) {
            taken("/api/v1/namespaces/ml/pods/a", code, "<html>" + code + "</html>");
        }
    }
}
