package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.jenkins.plugins.mldelivery.delivery.TrackMetrics;
import java.time.Duration;

/**
 * How much of an API server's answers is read, and for how long. A pod can answer through the API server, so none of it
 * is trusted.
 */
public final class AnswerLimits {
    /** Bytes of an answer in a wide {@link AnswerRoom}. */
    public static final int ANSWER_BYTES = 8 * 1024 * 1024;

    /** Bytes of any other answer that is no list: an object has at most 1.5 MiB in etcd, without JSON's escapes. */
    public static final int OBJECT_BYTES = 4 * 1024 * 1024;

    /** Bytes of memory of the object that is made of such an answer. */
    public static final int OBJECT_MEMORY = 8 * 1024 * 1024;

    /** Bytes of a pod's answer through the API server. */
    public static final int POD_BYTES = TrackMetrics.MAX_PAGE_BYTES;

    /** Bytes of a pod's log that are asked for, and of one that is read. */
    public static final int LOG_BYTES = 256 * 1024;

    /** Bytes of an answer that is an error. */
    public static final int ERROR_BYTES = 256 * 1024;

    /** Bytes of one watch, which is opened again after them. */
    public static final long WATCH_BYTES = 64L * 1024 * 1024;

    /** Bytes of one event of a watch, which holds an object's metadata. */
    public static final int EVENT_BYTES = 2 * 1024 * 1024;

    /** Objects of a page of a list that are asked for. */
    public static final long PAGE = 100;

    /** Bytes of all pages of a list. */
    public static final int LIST_BYTES = 24 * 1024 * 1024;

    /** All pages of a list. */
    public static final Duration LIST = Duration.ofSeconds(60);

    /** Values of an answer in JSON, each of which takes some 100 bytes of memory, and up to 400. */
    public static final int VALUES = 200_000;

    /** Values of all pages of a list. */
    public static final int LIST_VALUES = 600_000;

    /**
     * Bytes of memory that the caller of a list keeps of it, after having looked at each object: what is needed of
     * some 1,500 pods.
     */
    public static final int LIST_KEPT = 4 * 1024 * 1024;

    /** Bytes of memory of one object of a list, as long as it is looked at. */
    public static final int ITEM_MEMORY = 4 * 1024 * 1024;

    /** Bytes of memory that an empty object or array in JSON takes as one of the library, of whatever type. */
    static final int MAP_MEMORY = 400;

    /** Bytes of memory that another value takes, or a field's name, without its characters. */
    static final int VALUE_MEMORY = 64;

    /** Levels of an answer in JSON. */
    public static final int DEPTH = 200;

    /** A call with its repetitions and the whole answer. Each of three tries has {@link #HEAD} up to the headers. */
    public static final Duration CALL = Duration.ofSeconds(35);

    /** The headers of an answer, from when a thread has the request. */
    static final Duration HEAD = Duration.ofSeconds(10);

    /** Waiting for a thread, which leaves the server its time within that of the call. */
    static final Duration TURN = CALL.minus(HEAD);

    /** A watch. */
    static final Duration WATCH = Duration.ofSeconds(180);

    /** An answer of more bytes waits until less than {@link #LARGE_ANSWERS} others are read. */
    static final int LARGE_BYTES = 1024 * 1024;

    /** Large answers that are read at a time on a connection. */
    static final int LARGE_ANSWERS = 2;

    /** Repetitions wait no longer than this, whatever the server asks for. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private AnswerLimits() {}
}
