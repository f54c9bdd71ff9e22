package io.jenkins.plugins.mldelivery.verify.source;

import static org.junit.Assert.assertEquals;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.Login;
import io.jenkins.plugins.mldelivery.delivery.SecretText;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import org.junit.Test;

/** AWS's Signature Version 4 test suite (aws-signing-test-suite, v4, of awslabs/aws-c-auth): what it publishes for these requests. */
public class SigV4AuthorizerTest {
    private static final Instant NOW = Instant.parse("2015-08-30T12:36:00Z");
    private static final String HOST = "https://example.amazonaws.com";

    @Test
    public void signsAsTheSuiteOfAwsDoes() {
        check("get-vanilla", "GET", "/", "", Map.of(), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        check("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", "", Map.of(), "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
        check("get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", Map.of(), "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f");
        check("post-vanilla", "POST", "/", "", Map.of(), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
        check("post-x-www-form-urlencoded", "POST", "/", "Param1=value1", Map.of("Content-Type", "application/x-www-form-urlencoded"), "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
        check("get-relative", "GET", "/example/..", "", Map.of(), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
        check("get-slashes", "GET", "//example//", "", Map.of(), "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84");
    }

    @Test
    public void theSessionTokenIsSentAndSigned() {
        SecretText token = SecretText.of("AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==");
        Map<String, String> headers = signer(token).headers(new HttpCall("prometheus", "POST", URI.create(HOST + "/"), Map.of(), "", Deadline.none()), NOW, Map.of());
        assertEquals(token.reveal(), headers.get("X-Amz-Security-Token"));
        assertEquals(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead",
                headers.get("Authorization"));
    }

    private static void check(String name, String method, String path, String body, Map<String, String> others, String signature) {
        String authorization = signer(null).headers(new HttpCall("prometheus", method, URI.create(HOST + path), Map.of(), body, Deadline.none()), NOW, others).get("Authorization");
        assertEquals(name, signature, authorization.replaceAll(".*Signature=", ""));
    }

    private static SigV4Authorizer signer(SecretText session) {
        return new SigV4Authorizer("us-east-1", "service", new Login("AKIDEXAMPLE", SecretText.of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")), session, Clock.system());
    }
}
