package io.jenkins.plugins.mldelivery.delivery;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.List;
import org.junit.Test;

public class NamePatternsTest {
    private static void covers(String pattern, String... items) {
        for (String item : items) {
            assertTrue("'" + pattern + "' covers " + item, NamePatterns.of(pattern).cover(item));
        }
    }

    private static void doesNotCover(String pattern, String... items) {
        for (String item : items) {
            assertFalse("'" + pattern + "' does not cover " + item, NamePatterns.of(pattern).cover(item));
        }
    }

    @Test
    public void anItemCoversItselfAndAllBelow() {
        covers("team-a", "team-a", "team-a/churn", "team-a/deep/er/churn");
        doesNotCover("team-a", "team-ab", "team", "Team-A/churn", "x/team-a", "team-b/team-a", "");
        covers("team-a/churn", "team-a/churn", "team-a/churn/main");
        doesNotCover("team-a/churn", "team-a", "team-a/churn2", "churn");
        covers(" /team-a/ ", "team-a/churn");
    }

    @Test
    public void aStarStaysInOneNameAndTwoDoNot() {
        covers("team-*", "team-a/churn", "team-");
        doesNotCover("team-*", "x/team-a", "team");
        covers("*/release", "team-a/release/main", "b/release");
        doesNotCover("*/release", "release", "a/b/release");
        covers("**/release", "release", "a/release", "a/b/release/x");
        doesNotCover("**/release", "a/b/release2");
        covers("a/**/z", "a/z", "a/b/z", "a/b/c/z/below");
        doesNotCover("a/**/z", "a", "b/z", "a/b/zz");
        covers("**", "a", "a/b");
        covers("*", "a", "a/b");
        covers("a*c*e", "abcde/x", "ace");
        doesNotCover("a*c*e", "abcd", "aec");
        covers("a**b", "ab", "axxb");
        doesNotCover("a**b", "a/b");
    }

    @Test
    public void otherCharactersStandForThemselves() {
        covers("a.b", "a.b");
        doesNotCover("a.b", "axb");
        covers("(a|b)+", "(a|b)+/x");
        doesNotCover("[ab]", "a");
        doesNotCover("\u00e9t\u00e9", "e\u0301te\u0301");
        covers("\ud83d\ude00*", "\ud83d\ude00x");
    }

    @Test
    public void linesWithoutCharactersDoNotCountAndSlashesAloneMatchNothing() {
        for (String none : new String[] {null, "", " \n\t\n"}) {
            assertTrue(NamePatterns.of(none).isEmpty());
        }
        assertEquals(List.of("a", "b/c"), NamePatterns.of("\r\n a \r\n\nb/c").lines());
        covers("a\n b ", "b/x");
        assertFalse("an administrator who writes this wants no such thing as everything", NamePatterns.of("/").isEmpty());
        doesNotCover("/", "a", "a/b");
        doesNotCover("//", "a");
    }

    @Test
    public void aNameIsMatchedWhole() {
        assertTrue(NamePatterns.of("ml\nteam-*").match("team-a"));
        assertFalse(NamePatterns.of("ml").match("ml-2"));
        assertFalse(NamePatterns.of("ml").match("ml/x"));
        assertFalse(NamePatterns.of("/").match("ml"));
    }

    @Test(timeout = 20_000)
    public void hostilePatternsTakeNoTime() {
        doesNotCover("*a".repeat(5_000) + "b", "a".repeat(20_000));
        doesNotCover("**/a/".repeat(1_000) + "b", "a/".repeat(2_000));
    }
}
