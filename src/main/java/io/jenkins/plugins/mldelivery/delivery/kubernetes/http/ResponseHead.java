package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import io.jenkins.plugins.mldelivery.delivery.Ascii;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Status and headers of an answer (RFC 9112).
 *
 * @param keepAlive whether the connection may be used again
 * @param headers by their names, whatever their case
 */
record ResponseHead(int code, boolean keepAlive, Map<String, List<String>> headers) {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.([01]) ([1-9][0-9][0-9])( .*)?");
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_INTERIM = 8;
    private static final int SWITCHING = 101;
    private static final int FINAL = 200;
    private static final long NONE = -1;

    /** Reads one, behind those that only announce it. */
    static ResponseHead read(InputStream in) throws IOException {
        for (int interim = 0; interim <= MAX_INTERIM; interim++) {
            ResponseHead head = readOne(in);
            if (head.code >= FINAL) {
                return head;
            }
            if (head.code == SWITCHING) {
                break;
            }
        }
        throw AnswerException.notHttp();
    }

    private static ResponseHead readOne(InputStream in) throws IOException {
        LineReader lines = new LineReader(in, MAX_BYTES);
        Matcher status = STATUS.matcher(lines.next());
        if (!status.matches()) {
            throw AnswerException.notHttp();
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int colon = line.indexOf(':');
            // A line that goes on with the one before (RFC 9112, section 5.2) is refused too: it begins with a blank.
            if (colon < 1 || !NAME.matcher(line.substring(0, colon)).matches()) {
                throw AnswerException.notHttp();
            }
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        String connection = String.join(",", headers.getOrDefault("Connection", List.of()));
        return new ResponseHead(
                Integer.parseInt(status.group(2)),
                status.group(1).equals("1")
                        && !Ascii.lower(connection).contains("close"),
                headers);
    }

    List<String> values(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /** The body behind it. */
    ResponseBody body(String method, InputStream in) throws IOException {
        if (method.equals("HEAD")
                || code == HttpURLConnection.HTTP_NO_CONTENT
                || code == HttpURLConnection.HTTP_NOT_MODIFIED) {
            return ResponseBody.ofLength(in, 0);
        }
        List<String> coding = values("Transfer-Encoding");
        long length = length();
        if (!coding.isEmpty()) {
            // Both together are how requests are smuggled (RFC 9112, section 6.3).
            if (length != NONE || coding.size() != 1 || !coding.get(0).equalsIgnoreCase("chunked")) {
                throw AnswerException.notHttp();
            }
            return ResponseBody.chunked(in);
        }
        return length == NONE ? ResponseBody.toEnd(in) : ResponseBody.ofLength(in, length);
    }

    private long length() throws IOException {
        List<String> lengths = values("Content-Length").stream().distinct().toList();
        if (lengths.isEmpty()) {
            return NONE;
        }
        if (lengths.size() > 1 || !LENGTH.matcher(lengths.get(0)).matches()) {
            throw AnswerException.notHttp();
        }
        return Long.parseLong(lengths.get(0));
    }

    /** Whether the body is compressed, or otherwise in another form. */
    boolean isEncoded() {
        return values("Content-Encoding").stream()
                .anyMatch(encoding -> !encoding.isBlank() && !encoding.equalsIgnoreCase("identity"));
    }
}
