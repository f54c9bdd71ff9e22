package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.generator.InRange;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.Test;
import org.junit.runner.RunWith;

/** A secret leaves in no form. */
@RunWith(JUnitQuickcheck.class)
public class KnownSecretsTest {
    private static final String SECRET = "p\"ss w/rd+'é<&>~*";

    private final KnownSecrets known = new KnownSecrets();

    /** As messages of tools and exceptions are made one line. */
    @Test
    public void aSecretWhoseWhiteSpaceWasCollapsedIsFound() {
        KnownSecrets known = new KnownSecrets();
        known.learn(SecretText.of("hunter2  correct horse"));
        known.learn(SecretText.of("key1\n  short\nkey2 end"));
        assertEquals("it said **** twice", known.mask("it said hunter2 correct horse twice"));
        assertEquals("it said **** twice", known.mask("it said key1 short key2 end twice"));
    }

    @Test
    public void moreSecretsThanCanBeSearchedForMaskAll() {
        List<SecretText> all = new ArrayList<>();
        for (int i = 0; i < KnownSecrets.MAX_SECRETS; i++) {
            all.add(SecretText.of("secret-" + i));
        }
        known.learn(all);
        assertEquals("a text with ****", known.mask("a text with secret-7"));
        known.learn(SecretText.of("one-more"));
        known.learn(SecretText.of("and-another"));
        assertEquals("****", known.mask("a text without any"));
        assertEquals(Map.of("a", "****", "b", 7), known.maskValue(Map.of("a", "x", "b", 7)));
        assertEquals("", known.mask(""));
    }

    private static String random(Random random, int length) {
        return random.ints(length, 'a', 'z' + 1).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    @Test
    public void moreCharactersThanCanBeSearchedForMaskAll() {
        Random random = new Random(1);
        known.learn(SecretText.of(random(random, KnownSecrets.MAX_LENGTH - 10)));
        known.learn(SecretText.of("0123456789"));
        assertEquals("a text with ****", known.mask("a text with 0123456789"));
        known.learn(SecretText.of("x"));
        assertEquals("****", known.mask("a text without any"));
        known.learn(SecretText.of("y"));
        assertEquals("****", known.mask("a text without any"));
    }

    /** Searched for one by one they would take a second for each line, and as long to learn one more. */
    @Test(timeout = 60_000)
    public void manyLongSecretsTakeNoTimeInALine() {
        Random random = new Random(1);
        int each = HeaderValues.MAX_LENGTH;
        List<String> all = new ArrayList<>();
        while ((all.size() + 8) * each <= KnownSecrets.MAX_LENGTH) {
            List<SecretText> more = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(random(random, each));
                more.add(SecretText.of(all.get(all.size() - 1)));
            }
            known.learn(more);
        }
        for (int i = 0; i < 2_000; i++) {
            String line = "  churn: 3 of 3 pods are ready, 100% \\ & done: ";
            String secret = all.get(i % all.size());
            assertEquals(line, known.mask(line));
            assertEquals(line + "****", known.mask(line + secret.replaceFirst("y", "%79")));
        }
    }

    /** As many secrets as there may be, which all begin alike, and lines that are nothing but their beginnings. */
    @Test(timeout = 60_000)
    public void secretsThatBeginAlikeTakeNoTimeInALine() {
        Random random = new Random(1);
        List<SecretText> all = new ArrayList<>();
        for (int i = 0; i < KnownSecrets.MAX_SECRETS; i++) {
            all.add(SecretText.of("a".repeat(200 + i % 100) + random(random, 20)));
        }
        known.learn(all);
        String line = ("a".repeat(299) + "%").repeat(50);
        for (int i = 0; i < 20; i++) {
            assertEquals(line, known.mask(line));
        }
    }

    @Test
    public void everyEncodingIsMasked() {
        known.learn(SecretText.of(SECRET));
        String url = URLEncoder.encode(SECRET, StandardCharsets.UTF_8);
        byte[] bytes = SECRET.getBytes(StandardCharsets.UTF_8);
        for (String form : List.of(
                SECRET, url, url.replace("+", "%20"), url.toLowerCase(java.util.Locale.ROOT), url.replace("*", "%2A").replace("%7E", "~"), "p\\\"ss w/rd+'\\u00e9\\u003c\\u0026\\u003e~*", "p&#34;ss w/rd+&#39;&#xe9;&lt;&amp;&gt;~*", "p\\\"ss w/rd+'é<&>~*", "p\"ss w/rd+'\\''é<&>~*", "p&quot;ss w/rd+'é&lt;&amp;&gt;~*",
                HexFormat.of().formatHex(bytes), Base64.getEncoder().encodeToString(bytes), Base64.getUrlEncoder().withoutPadding().encodeToString(bytes),
                Base64.getEncoder().encodeToString(SECRET.replace("\"", "\\\"").getBytes(StandardCharsets.UTF_8)))) {
            String masked = known.mask("before " + form + " after");
            assertTrue(form + " -> " + masked, masked.startsWith("before ****") && masked.endsWith(" after") && masked.length() < 24);
        }
    }

    @Test
    public void whatAFormEscapesOnlyByPlusIsMasked() {
        known.learn(SecretText.of("correct horse battery"));
        assertEquals("password=****&x=1", known.mask("password=correct+horse+battery&x=1"));
    }

    @Property(trials = 100)
    public void inTheMiddleOfABase64TextNothingOfItIsLeft(@InRange(minInt = 0, maxInt = 40) int before, @InRange(minInt = 0, maxInt = 40) int after) {
        String secret = "s3cr3t-Token-0123456789";
        known.learn(SecretText.of(secret));
        Random random = new Random(before * 41L + after);
        byte[] head = new byte[before];
        byte[] tail = new byte[after];
        random.nextBytes(head);
        random.nextBytes(tail);
        byte[] all = new byte[before + secret.length() + after];
        System.arraycopy(head, 0, all, 0, before);
        System.arraycopy(secret.getBytes(StandardCharsets.UTF_8), 0, all, before, secret.length());
        System.arraycopy(tail, 0, all, before + secret.length(), after);
        String masked = known.mask(Base64.getEncoder().encodeToString(all));
        assertTrue(masked, masked.contains("****"));
        // At most the characters at both ends, which it shares with its neighbours, are left.
        assertTrue(masked, masked.length() <= (before + 2) / 3 * 4 + 4 + (after + 2) / 3 * 4 + 4 + 4);
    }

    @Test
    public void basicPairsTrimmedValuesAndLinesAreMasked() {
        known.learn(SecretText.of("token-with-end\n"));
        assertEquals("Bearer ****", known.mask("Bearer token-with-end"));
        String basic = Base64.getEncoder().encodeToString("user:token-with-end".getBytes(StandardCharsets.UTF_8));
        assertFalse(known.mask("Basic " + basic).contains(basic.substring(10)));
        known.learn(SecretText.of("-----BEGIN X-----\nAAAABBBBCCCC\nDDDDEEEEFFFF\n-----END X-----\n"));
        assertEquals("-----BEGIN X-----", known.mask("-----BEGIN X-----"));
        assertEquals("line ****", known.mask("line DDDDEEEEFFFF"));
    }

    @Test
    public void aCutSecretIsMasked() {
        known.learn(SecretText.of("abcdefghijklmnop"));
        assertEquals("said ****… and more", known.mask("said abcdefghij… and more"));
        assertEquals("a beginning is no secret: abcdefg", known.mask("a beginning is no secret: abcdefg"));
    }

    /** Wherever it is cut, in the middle of an escape too. */
    @Test
    public void aCutSecretIsMaskedInEveryForm() {
        String secret = "Zq7xK9\"m&P2 é@vR5\\tL<8w";
        known.learn(SecretText.of(secret));
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        for (String form : List.of(
                secret, URLEncoder.encode(secret, StandardCharsets.UTF_8), "%5A" + secret.substring(1),
                "Zq7xK9\\\"m&P2 é@vR5\\\\tL<8w", "Zq7xK9\\\"m\\u0026P2 \\u00e9@vR5\\\\tL\\x3c8w",
                "Zq7xK9&quot;m&amp;P2 &#233;@vR5\\tL&lt;8w", "Zq7xK9&#x22;m&#x26;P2 &#xe9;&#64;vR5\\tL&#x3C;8w",
                HexFormat.of().formatHex(bytes), Base64.getEncoder().encodeToString(bytes))) {
            int first = form.startsWith("%") ? 8 : 6;
            for (int length = first; length <= form.length(); length++) {
                String cut = form.substring(0, length) + "…";
                assertEquals(cut, "{\"p\": ****… more", known.mask("{\"p\": " + cut + " more"));
            }
        }
        assertEquals("50%… of Zq7xK9", known.mask("50%… of Zq7xK9"));
    }

    @Test
    public void theLongestTokenThatIsAllowedIsMaskedInEveryForm() {
        String token = random(new Random(1), HeaderValues.MAX_LENGTH);
        known.learn(SecretText.of(token));
        byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
        assertEquals("a ****", known.mask("a " + token));
        assertEquals("a ****", known.mask("a " + HexFormat.of().formatHex(bytes)));
        assertEquals("a ****", known.mask("a " + Base64.getEncoder().withoutPadding().encodeToString(bytes)));
    }

    @Property(trials = 200)
    public void decodingNeverFails(String text) {
        known.learn(SecretText.of(SECRET));
        for (String one : List.of(text, "%" + text, "\\u" + text, "&#" + text, "%" + text + "…", "\\" + text + "…", "%4" + text + "&#x1234567;&#9999999;\\ud800\\")) {
            known.mask(one);
        }
    }

    @Property(trials = 300)
    public void allPlacesAreFoundAsByASimpleSearch(@InRange(minInt = 3, maxInt = 9) int length, int seed) {
        Random random = new Random(seed);
        String secret = "ab".repeat(9).substring(random.nextInt(2)).substring(0, length - 1) + "ac".charAt(random.nextInt(2));
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            text.append("abc".charAt(random.nextInt(3)));
        }
        boolean[] covered = new boolean[text.length()];
        for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
            Arrays.fill(covered, at, at + length, true);
        }
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < covered.length; i++) {
            left.append(covered[i] ? "" : text.charAt(i));
        }
        known.learn(SecretText.of(secret));
        assertEquals(secret + " in " + text, left.toString(), known.mask(text.toString()).replace("*", ""));
    }

    /** Many secrets, learned some at a time, that begin and end with each other. */
    @Property(trials = 300)
    public void allPlacesOfManyAreFoundAsByASimpleSearch(int seed) {
        Random random = new Random(seed);
        int longest = random.nextBoolean() ? 9 : 300;
        List<String> secrets = new ArrayList<>();
        for (int learns = random.nextInt(6); learns >= 0; learns--) {
            List<SecretText> more = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                String period = "aab".substring(random.nextInt(3)) + "b".repeat(random.nextInt(2));
                String secret = period.repeat(longest + 3).substring(0, 3 + random.nextInt(longest)) + "abc".charAt(random.nextInt(3));
                secrets.add(secret);
                more.add(SecretText.of(secret));
            }
            known.learn(more);
        }
        StringBuilder text = new StringBuilder();
        while (text.length() < 4 * longest) {
            String secret = secrets.get(random.nextInt(secrets.size()));
            text.append(secret, 0, 1 + random.nextInt(secret.length())).append(random.nextBoolean() ? "" : random.nextBoolean() ? "…" : "c");
        }
        boolean[] covered = new boolean[text.length()];
        for (String secret : secrets) {
            for (int at = 0; at < text.length(); at++) {
                int same = 0;
                while (same < secret.length() && at + same < text.length() && secret.charAt(same) == text.charAt(at + same)) {
                    same++;
                }
                boolean cut = same >= 6 && at + same < text.length() && text.charAt(at + same) == '…';
                Arrays.fill(covered, at, same == secret.length() || cut ? at + same : at, true);
            }
        }
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < covered.length; i++) {
            left.append(covered[i] ? "" : text.charAt(i));
        }
        assertEquals(secrets + " in " + text, left.toString(), known.mask(text.toString()).replace("*", ""));
    }

    /** Texts from outside that take the product of all lengths where the search is a simple one. */
    @Test(timeout = 30_000)
    public void noTextTakesMoreThanItsLength() {
        int length = 1024 * 1024;
        known.learn(SecretText.of("a".repeat(32 * 1024) + "b"));
        known.learn(SecretText.of("p4ssw0rd-of-32-characters-abcdef"));
        for (String part : List.of("…", "&", "%", "\\", "a", "p4ssw0…", "p4ssw&", "aaaaa…")) {
            String text = part.repeat(length / part.length());
            assertEquals(part.startsWith("p4ssw0") ? "****…" : part,
                    known.mask(text).substring(0, part.startsWith("p4ssw0") ? 5 : part.length()));
        }
    }

    @Test
    public void shortValuesAreNotMasked() {
        known.learn(SecretText.of("ab"));
        assertEquals("about", known.mask("about"));
        known.learn((SecretText) null);
    }

    @Test
    public void anEnvironmentLearnsWhatItGivesOutAndMasksItsEvents() throws Exception {
        List<Event> seen = new ArrayList<>();
        Environment environment = new Environment(
                (command, lines) -> { throw new AssertionError(); }, Clock.system(), id -> Optional.of(new Login("u", SecretText.of("hunter22hunter22"))), seen::add);
        environment.warn(Event.Stage.VERIFY, "before hunter22hunter22");
        environment.secrets().require("p", "id");
        environment.warn(Event.Stage.VERIFY, "after hunter22hunter22");
        environment.events().accept(new Event.Decided(Instant.EPOCH, "m", false, "", "hunter22hunter22"));
        assertEquals("after ****", ((Event.Note) seen.get(1)).text());
        assertEquals("****", ((Event.Decided) seen.get(2)).reason());
        assertSame("not wrapped twice", environment.events(), environment.withClock(Clock.system()).events());
        assertSame(environment.secrets(), environment.withClock(Clock.system()).secrets());
    }

    @Test
    public void exceptionsAreMaskedWithTheirCauses() {
        known.learn(SecretText.of("the-secret-value"));
        IOException inner = new IOException("inner the-secret-value");
        inner.addSuppressed(new IllegalStateException("suppressed the-secret-value"));
        DeliveryException e = DeliveryException.failed("url", "it said 'no'", "Mend it.", new RuntimeException("middle", inner));
        Throwable masked = known.mask((Throwable) e);
        StringWriter text = new StringWriter();
        masked.printStackTrace(new PrintWriter(text));
        assertFalse(text.toString(), text.toString().contains("the-secret-value"));
        assertTrue(text.toString(), text.toString().contains("java.io.IOException: inner ****"));
        assertEquals(e.getMessage(), masked.getMessage());
        assertEquals(DeliveryException.Kind.FAILED, ((DeliveryException) masked).kind());
        Throwable clean = new IOException("nothing");
        assertSame(clean, known.mask(clean));
    }

    @Test
    public void valuesAreMaskedAtEveryDepth() {
        known.learn(SecretText.of("the-secret-value"));
        assertEquals(
                Map.of("a", List.of("x ****", Map.of("b", "****")), "n", 1),
                known.maskValue(Map.of("a", List.of("x the-secret-value", Map.of("b", "the-secret-value")), "n", 1)));
    }

    @Test
    public void keysAreMaskedAsWellAndNoneGetsLost() {
        known.learn(SecretText.of("the-secret-value"));
        Map<String, Object> hosts = new LinkedHashMap<>();
        hosts.put("db", 1);
        hosts.put("u:the-secret-value@db", 2);
        hosts.put("u:" + HexFormat.of().formatHex("the-secret-value".getBytes(StandardCharsets.UTF_8)) + "@db", 3);
        assertEquals(
                Map.of("outputs", Map.of("hosts", Map.of("db", 1, "u:****@db", 2, "u:****@db (3)", 3))),
                known.maskValue(Map.of("outputs", Map.of("hosts", hosts))));
    }

    @Test
    public void aCircleOfCausesEnds() {
        known.learn(SecretText.of("the-secret-value"));
        Exception a = new Exception("a the-secret-value");
        Exception b = new Exception("b", a);
        a.initCause(b);
        assertEquals("java.lang.Exception: a ****", known.mask((Throwable) a).toString());
    }

    @Test(timeout = 20_000)
    public void aLargeSecretAndALargeTextTakeLittleTime() {
        known.learn(SecretText.of("x".repeat(1_000_000)));
        known.learn(SecretText.of("y".repeat(8_000)));
        assertEquals("****", known.mask("x".repeat(1_000_000)));
        known.mask("y".repeat(7_999) + "…" + "x".repeat(500_000) + "…".repeat(200));
    }
}
