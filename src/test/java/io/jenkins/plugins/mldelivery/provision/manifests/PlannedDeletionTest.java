package io.jenkins.plugins.mldelivery.provision.manifests;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.kubernetes.ClusterAccess;
import io.jenkins.plugins.mldelivery.testing.LoopbackServer;
import io.jenkins.plugins.mldelivery.testing.TestEnvironment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.Test;

/** A deletion that others come before each time ends, also where each answer takes its time. */
public class PlannedDeletionTest {
    private static final String CONFLICT =
            "{\"kind\": \"Status\", \"apiVersion\": \"v1\", \"code\": 409, \"message\": \"written since\"}";
    private static final String OBJECT = "{\"kind\": \"ConfigMap\", \"apiVersion\": \"v1\","
            + " \"metadata\": {\"name\": \"a\", \"namespace\": \"n\", \"uid\": \"u\", \"resourceVersion\": \"1\"}}";

    private final Deadline time = Deadline.none();

    /** The calls of a deletion, whose time is over with the one of this number, from 1. */
    private List<String> calls(int last) throws Exception {
        int[] count = {0};
        try (LoopbackServer server = LoopbackServer.start(request -> {
                    if (++count[0] == last) {
                        time.end();
                    }
                    return request.method().equals("DELETE")
                            ? new LoopbackServer.Answer(409, CONFLICT)
                            : new LoopbackServer.Answer(200, OBJECT);
                });
                KubernetesClient client = TestEnvironment.open(ClusterAccess.server(server.url(), null, null))) {
            GenericKubernetesResource object = new GenericKubernetesResource();
            object.setApiVersion("v1");
            object.setKind("ConfigMap");
            object.setMetadata(new ObjectMetaBuilder().withName("a").withNamespace("n").build());
            PlannedDeletion deletion = new PlannedDeletion(client);
            assertEquals(409, assertThrows(KubernetesClientException.class, () -> deletion.run(object, "u", time)).getCode());
            return server.requests().stream().map(LoopbackServer.Request::method).toList();
        }
    }

    private static List<String> tries(int many) {
        return Stream.generate(() -> Stream.of("GET", "DELETE")).limit(many).flatMap(one -> one).toList();
    }

    @Test
    public void itIsTriedSomeTimes() throws Exception {
        assertEquals(tries(5), calls(0));
    }

    @Test
    public void noFurtherCallBeginsWhenTheTimeOfAllTriesIsOver() throws Exception {
        assertEquals(tries(2), calls(4));
    }

    @Test
    public void norTheSecondOneOfAFurtherTry() throws Exception {
        assertEquals(List.of("GET", "DELETE", "GET"), calls(3));
    }

    @Test
    public void theFirstTryIsMadeAsAWhole() throws Exception {
        assertEquals(tries(1), calls(1));
    }
}
