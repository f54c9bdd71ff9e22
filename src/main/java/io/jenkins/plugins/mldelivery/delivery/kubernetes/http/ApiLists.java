package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads the objects of a kind page by page, since a namespace may have any number of them. */
public final class ApiLists {
    private ApiLists() {}

    /**
     * All objects with these labels, without their {@code managedFields}.
     *
     * @param path of the list, from the server's root on, such as {@code /api/v1/namespaces/ml/pods}
     * @param labels those that they have, by their names; empty for all objects
     * @param type of a page
     * @throws KubernetesClientException when the server refuses, or when there are more than {@link
     *     AnswerLimits#LIST_BYTES} say, or takes longer than {@link AnswerLimits#LIST}
     */
    public static <T extends HasMetadata, L extends KubernetesResourceList<T>> List<T> read(
            KubernetesClient client, String path, Map<String, String> labels, Class<L> type) {
        List<T> all = new ArrayList<>();
        read(client, path, labels, type, all::add);
        return all;
    }

    /**
     * Hands over all objects with these labels, one after the other. Their {@code managedFields}, which can be larger
     * than all the rest, are there only until the receiver returns.
     *
     * @param path see above, as the others
     * @throws KubernetesClientException when the server refuses, or when there are more than {@link
     *     AnswerLimits#LIST_BYTES} say, or takes longer than {@link AnswerLimits#LIST}
     */
    public static <T extends HasMetadata, L extends KubernetesResourceList<T>> void read(
            KubernetesClient client, String path, Map<String, String> labels, Class<L> type, Consumer<T> receiver) {
        read(client, path, labels, type, receiver, AnswerLimits.LIST);
    }

    static <T extends HasMetadata, L extends KubernetesResourceList<T>> void read(
            KubernetesClient client, String path, Map<String, String> labels, Class<L> type, Consumer<T> receiver,
            Duration time) {
        String selector = labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .sorted()
                .collect(Collectors.joining(","));
        String query = path + "?limit=" + AnswerLimits.PAGE
                + (selector.isEmpty() ? "" : "&labelSelector=" + encoded(selector));
        long bytes = 0;
        int values = 0;
        String next = null;
        Deadline deadline = Deadline.in(time);
        do {
            if (deadline.isOver()) {
                throw new KubernetesClientException("the list took more than " + time.toSeconds() + " s");
            }
            String text = client.raw(next == null ? query : query + "&continue=" + encoded(next), "GET", null);
            bytes += text == null ? 0 : text.length();
            try {
                values += AnswerShape.count(text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8));
                if (bytes > AnswerLimits.LIST_BYTES) {
                    throw AnswerException.tooLarge(AnswerLimits.LIST_BYTES);
                }
                if (values > AnswerLimits.LIST_VALUES) {
                    throw AnswerException.tooManyValues(AnswerLimits.LIST_VALUES);
                }
            } catch (AnswerException e) {
                throw new KubernetesClientException(e.getMessage(), e);
            }
            L page = client.getKubernetesSerialization().unmarshal(text, type);
            for (T object : page.getItems()) {
                if (object != null && object.getMetadata() != null) {
                    receiver.accept(object);
                    object.getMetadata().setManagedFields(null);
                }
            }
            next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
