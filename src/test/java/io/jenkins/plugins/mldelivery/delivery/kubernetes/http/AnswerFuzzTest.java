package io.jenkins.plugins.mldelivery.delivery.kubernetes.http;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.runner.RunWith;

/** Answers of servers that are not what they seem. */
@RunWith(JUnitQuickcheck.class)
public class AnswerFuzzTest {
    private static final int TRIALS = 1_500;

    @Property(trials = TRIALS)
    public void http(
            @From(HostileText.class)
                    @HostileText.Like({
                        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\r\nConnection: close\r\n\r\n"
                    })
                    String text) {
        HostileText.survives(
                text,
                () -> {
                    InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
                    ResponseBody body = ResponseHead.read(in).body("GET", in);
                    byte[] buffer = new byte[100];
                    int count = 0;
                    for (int some = body.read(buffer); some >= 0; some = body.read(buffer)) {
                        if (some == 0 || (count += some) > HostileText.MAX_LENGTH * 4) {
                            throw new AssertionError("a body that is longer than what was sent");
                        }
                    }
                    return count;
                },
                IOException.class);
    }

    @Property(trials = TRIALS)
    public void json(
            @From(HostileText.class)
                    @HostileText.Like({
                        "{\"kind\":\"Status\",\"code\":404,\"message\":\"no such thing\"}",
                        "{\"items\":[{\"metadata\":{\"name\":\"a\"}},{}],\"metadata\":{\"continue\":\"x\"}}"
                    })
                    String text) {
        HostileText.survives(
                text,
                () -> check(text.getBytes(StandardCharsets.UTF_8)),
                AnswerException.class);
        HostileText.survives(
                text,
                () -> check(
                        AnswerShape.status(500, text).isEmpty()
                                ? "{}".getBytes(StandardCharsets.UTF_8)
                                : AnswerShape.status(500, text).getBytes(StandardCharsets.UTF_8)));
    }

    private static Object check(byte[] bytes) throws AnswerException {
        AnswerShape.check(bytes, AnswerLimits.OBJECT_MEMORY);
        return bytes;
    }
}
