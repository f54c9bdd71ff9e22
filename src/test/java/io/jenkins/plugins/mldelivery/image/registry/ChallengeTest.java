package io.jenkins.plugins.mldelivery.image.registry;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class ChallengeTest {
    @Test
    public void readsWhatRegistriesSend() {
        assertEquals(
                List.of(new Challenge("bearer", Map.of(
                        "realm", "https://auth.docker.io/token", "service", "registry.docker.io", "scope", "repository:library/a:pull,push"))),
                Challenge.parse(
                        "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:library/a:pull,push\""));
        assertEquals(List.of(new Challenge("basic", Map.of("realm", "a \"b\" \\c"))), Challenge.parse("BASIC Realm = \"a \\\"b\\\" \\\\c\""));
        assertEquals(
                List.of(new Challenge("digest", Map.of("realm", "x", "qop", "auth")), new Challenge("basic", Map.of("realm", "y")), new Challenge("negotiate", Map.of())),
                Challenge.parse("Digest realm=x, qop=auth, Basic realm=\"y\" , Negotiate"));
        assertEquals("a second value is not taken", "a", Challenge.parse("Basic realm=a, realm=b").get(0).parameters().get("realm"));
    }

    @Test
    public void stopsAtWhatItCanNotRead() {
        assertEquals(List.of(), Challenge.parse(""));
        assertEquals(List.of(), Challenge.parse("realm=\"a\""));
        assertEquals(List.of(), Challenge.parse("Basic/x"));
        assertEquals(List.of(new Challenge("basic", Map.of())), Challenge.parse("Basic realm=\"never closed"));
        assertEquals(List.of(new Challenge("basic", Map.of())), Challenge.parse("Basic realm=\"\\"));
        assertEquals(List.of(new Challenge("negotiate", Map.of())), Challenge.parse("Negotiate dG9rZW4=="));
    }

    /** A pattern with a group in a loop needed a frame of the stack for each character. */
    @Test
    public void aHeaderOf60kBIsNoTrouble() {
        String value = "a".repeat(15_000);
        assertEquals(value, Challenge.parse("Bearer realm=\"" + value + "\"").get(0).parameters().get("realm"));
        assertEquals(List.of(), Challenge.parse("Bearer realm=\"" + "a".repeat(60_000) + "\""));
        assertEquals(List.of(), Challenge.parse("Bearer realm=\"" + "\\a".repeat(30_000)));
        assertTrue(Challenge.parse("a,".repeat(8000)).size() <= Challenge.MAX_PARTS);
    }

    @Property(trials = 1500)
    public void anyHeaderIsRead(
            @From(HostileText.class) @HostileText.Like({
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:a/b:pull\"", "Basic realm=\"x\", Digest qop=\"a\\\"b\""
            }) String header) {
        HostileText.survives(header, () -> Challenge.parse(header));
    }
}
