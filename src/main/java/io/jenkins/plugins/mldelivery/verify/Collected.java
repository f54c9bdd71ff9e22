package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.verify.source.LookBudget;
import io.jenkins.plugins.mldelivery.verify.source.Point;
import io.jenkins.plugins.mldelivery.verify.source.SeriesKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The series that one collector has of one target: they have the labels in common that tell targets apart, and were read
 * at the same moments. Compared by identity.
 */
final class Collected {
    /** Labels that say who collected a series, and from where. */
    private static final Set<String> COLLECTOR = Set.of(
            "job", "instance", "exported_job", "exported_instance", "prometheus", "prometheus_replica", "__replica__",
            "replica", "rule_replica", "thanos_replica", "receive", "receive_replica", "monitor");

    /** Labels that say what was measured: two that differ in one are two processes. */
    private static final Set<String> PROCESS = Set.of(
            "cluster", "namespace", "pod", "container", "exported_namespace", "exported_pod", "exported_container",
            "kubernetes_namespace", "kubernetes_pod_name", "pod_name");

    /** Labels of a collector in Kubernetes, which a metric may have for itself as well. */
    private static final Set<String> EITHER = Set.of("service", "endpoint");

    /** Labels whose values name a pod or an address. */
    private static final List<String> NAMES =
            List.of("instance", "exported_instance", "pod", "exported_pod", "pod_name", "kubernetes_pod_name");

    /** Samples by which series are found to be of the same moments. */
    private static final int LAST = 8;

    /** How many growths must agree where the labels don't say that two are the same. */
    private static final int ENOUGH = 4;

    /** Bytes that one takes, with its part in what it is compared by, besides its labels. */
    private static final int TARGET = 400;

    /** Bytes of a label in a tree. */
    private static final int LABEL = 48;

    private final Map<String, String> target;
    private final Deadline deadline;
    private final long bytes;
    private final List<Trace> traces = new ArrayList<>();
    private final Set<String> varying = new TreeSet<>();
    private Map<String, String> fixed;

    private Collected(Map<String, String> target, Deadline deadline, long bytes) {
        this.target = target;
        this.deadline = deadline;
        this.bytes = bytes;
    }

    /**
     * A counter, or what a histogram counts in all.
     *
     * @param source of the series
     * @param labels its labels
     * @param points its samples, in the order of their times
     */
    record Trace(String source, Map<String, String> labels, List<Point> points) {
        SeriesKey key() {
            return SeriesKey.of(source, labels);
        }

        long newest() {
            return points.get(points.size() - 1).millis();
        }

        double last() {
            return points.get(points.size() - 1).value();
        }
    }

    /**
     * Puts series together.
     *
     * @param budget to which their {@link #bytes} are charged, with the time by which all that they are compared by has to be over
     */
    static List<Collected> of(List<Trace> all, LookBudget budget) {
        Deadline deadline = budget.deadline();
        Map<SeriesKey, List<Trace>> byTarget = new LinkedHashMap<>();
        for (Trace trace : all) {
            deadline.check(); // Labels may be long, and their key takes time with their length.
            if (!trace.points().isEmpty()) {
                byTarget.computeIfAbsent(SeriesKey.of("", target(trace.labels())), t -> new ArrayList<>()).add(trace);
            }
        }
        List<Collected> collected = new ArrayList<>();
        byTarget.values().forEach(traces -> {
            Map<String, String> target = target(traces.get(0).labels());
            traces.sort(Comparator.comparingInt((Trace trace) -> trace.points().size()).reversed());
            Map<Long, Collected> moments = new HashMap<>();
            for (Trace trace : traces) {
                deadline.check();
                List<Point> last = trace.points().subList(Math.max(0, trace.points().size() - LAST), trace.points().size());
                Collected known = last.stream().map(p -> moments.get(p.millis())).filter(Objects::nonNull).findFirst().orElse(null);
                if (known == null) {
                    Collected fresh = new Collected(target, deadline, bytes(trace));
                    budget.made(fresh.bytes());
                    collected.add(fresh);
                    last.forEach(point -> moments.put(point.millis(), fresh));
                    known = fresh;
                }
                known.add(trace);
            }
        });
        return collected;
    }

    private static long bytes(Trace first) {
        return TARGET + (long) LABEL * first.labels().size();
    }

    /** That it takes in memory. */
    long bytes() {
        return bytes;
    }

    private static Map<String, String> target(Map<String, String> labels) {
        Map<String, String> target = new TreeMap<>();
        labels.forEach((name, value) -> {
            if (COLLECTOR.contains(name) || PROCESS.contains(name)) {
                target.put(name, value);
            }
        });
        return target;
    }

    private void add(Trace trace) {
        traces.add(trace);
        if (fixed == null) {
            fixed = new TreeMap<>(trace.labels());
            fixed.keySet().removeAll(target.keySet());
            return;
        }
        fixed.entrySet().removeIf(one -> {
            boolean varies = !one.getValue().equals(trace.labels().get(one.getKey()));
            return varies && varying.add(one.getKey());
        });
        trace.labels().keySet().stream().filter(name -> !fixed.containsKey(name) && !target.containsKey(name)).forEach(varying::add);
    }

    List<Trace> traces() {
        return traces;
    }

    /** What may name its pod. */
    List<String> names() {
        return NAMES.stream().map(target::get).filter(Objects::nonNull).distinct().toList();
    }

    /** All that it has counted. */
    double counted() {
        return traces.stream().mapToDouble(Trace::last).sum();
    }

    long newest() {
        return traces.stream().mapToLong(Trace::newest).max().orElse(0);
    }

    /** Orders it among others by its labels, always in the same way. */
    int compareName(Collected other) {
        int order = compare(target, other.target);
        return order == 0 ? compare(fixed, other.fixed) : order;
    }

    private static int compare(Map<String, String> sorted, Map<String, String> others) {
        Iterator<Map.Entry<String, String>> rest = others.entrySet().iterator();
        for (Map.Entry<String, String> one : sorted.entrySet()) {
            if (!rest.hasNext()) {
                return 1;
            }
            Map.Entry<String, String> other = rest.next();
            int order = one.getKey().compareTo(other.getKey());
            order = order == 0 ? one.getValue().compareTo(other.getValue()) : order;
            if (order != 0) {
                return order;
            }
        }
        return rest.hasNext() ? -1 : 0;
    }

    /** Who collected it, for people. */
    String collector() {
        String job = target.get("job");
        return job == null ? "a recording rule" : "job=\"" + Excerpt.of(job) + "\"";
    }

    /**
     * Whether another one, which has a name in common, is the same measurement: it is, unless the values say otherwise, where only labels
     * differ that a collector sets; where others differ, the values must say so.
     */
    boolean isSame(Collected other) {
        if (isOther(other)) {
            return false;
        }
        boolean sure = !target.equals(other.target) && unclear(other).isEmpty();
        Agreement agreement = agreement(other, false);
        return agreement.isPossible() && (sure || agreement.growths() >= ENOUGH);
    }

    /**
     * The same of gauges, of which values at other moments say nothing: both were read from one address, and only labels differ that a
     * collector sets.
     */
    boolean isSameAddress(Collected other) {
        String address = target.get("instance");
        return address != null && address.equals(other.target.get("instance")) && !isOther(other) && !target.equals(other.target) && unclear(other).isEmpty();
    }

    /** Whether another one has the same values at the same moments, with enough growth among them not to be so by chance. */
    boolean hasSameSamples(Collected other) {
        if (isOther(other)) {
            return false;
        }
        Agreement agreement = agreement(other, true);
        return agreement.isPossible() && agreement.growths() >= ENOUGH;
    }

    /** Labels that neither a collector sets as a rule nor that belong to the single series. */
    private Set<String> unclear(Collected other) {
        Set<String> unclear = new TreeSet<>(fixed.keySet());
        unclear.retainAll(other.fixed.keySet());
        unclear.removeIf(name -> EITHER.contains(name) || fixed.get(name).equals(other.fixed.get(name)));
        return unclear;
    }

    private boolean isOther(Collected other) {
        return PROCESS.stream().anyMatch(name -> differs(other, name, name))
                || differs(other, "exported_instance", "exported_instance") && !hasSamePod(other);
    }

    private boolean hasSamePod(Collected other) {
        return target.containsKey("exported_pod") && target.get("exported_pod").equals(other.target.get("exported_pod"));
    }

    private boolean differs(Collected other, String name, String otherName) {
        String value = target.get(name);
        String otherValue = other.target.get(otherName);
        return value != null && otherValue != null && !value.equals(otherValue);
    }

    /** What series that belong together say; none belong together where the series of the one are no part of those of the other. */
    private Agreement agreement(Collected other, boolean exactly) {
        Set<String> own = new TreeSet<>(varying);
        own.addAll(other.varying);
        own.removeAll(COLLECTOR);
        own.removeAll(PROCESS);
        Map<SeriesKey, Trace> others = new HashMap<>();
        for (Trace trace : other.traces) {
            deadline.check();
            others.put(key(trace, own), trace);
        }
        Agreement all = Agreement.NONE;
        int found = 0;
        for (Trace trace : traces) {
            deadline.check();
            Trace twin = others.get(key(trace, own));
            if (twin != null) {
                found++;
                all = all.and(exactly
                        ? Agreement.atSameMoments(trace.points(), twin.points(), deadline)
                        : Agreement.of(twin.points(), List.of(trace.points()), deadline));
                if (!all.isPossible()) {
                    return all;
                }
            }
        }
        return found == 0 ? Agreement.IMPOSSIBLE : all;
    }

    private static SeriesKey key(Trace trace, Set<String> own) {
        Map<String, String> values = new TreeMap<>();
        own.forEach(name -> values.put(name, trace.labels().getOrDefault(name, "")));
        return SeriesKey.of("", values);
    }

    /** Whether each of its series is the sum of what the parts have of it. */
    boolean isSumOf(List<Collected> parts) {
        Set<String> own = new TreeSet<>(varying);
        parts.forEach(part -> own.addAll(part.varying));
        own.removeIf(name -> COLLECTOR.contains(name) || PROCESS.contains(name) || traces.stream().noneMatch(trace -> trace.labels().containsKey(name)));
        Map<SeriesKey, List<List<Point>>> of = new HashMap<>();
        for (Collected part : parts) {
            for (Trace trace : part.traces) {
                deadline.check();
                of.computeIfAbsent(key(trace, own), k -> new ArrayList<>()).add(trace.points());
            }
        }
        Agreement all = Agreement.NONE;
        for (Trace trace : traces) {
            List<List<Point>> summed = of.get(key(trace, own));
            if (summed == null) {
                return false;
            }
            all = all.and(Agreement.of(trace.points(), summed, deadline));
            if (!all.isPossible()) {
                return false;
            }
        }
        return all.growths() >= ENOUGH;
    }
}
