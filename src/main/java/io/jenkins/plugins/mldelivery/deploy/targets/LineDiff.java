package io.jenkins.plugins.mldelivery.deploy.targets;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts, line by line, with two lines around each change. */
final class LineDiff {
    private static final int AROUND = 2;
    private static final long MOST_CELLS = 4_000_000;

    private LineDiff() {}

    /** Lines that begin with '-' (only before), '+' (only after) or a blank; empty when there is no difference. */
    static List<String> of(List<String> before, List<String> after) {
        List<String> all = new ArrayList<>();
        int[][] common = lengths(before, after);
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                all.add("  " + before.get(i));
                i++;
                j++;
            } else if (j == after.size() || i < before.size() && common[i + 1][j] >= common[i][j + 1]) {
                all.add("- " + before.get(i++));
            } else {
                all.add("+ " + after.get(j++));
            }
        }
        return near(all);
    }

    /** For each pair of places, how many lines the rests have in common; nothing but zeros when the texts are too long for that. */
    private static int[][] lengths(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        if ((long) before.size() * after.size() <= MOST_CELLS) {
            for (int i = before.size() - 1; i >= 0; i--) {
                for (int j = after.size() - 1; j >= 0; j--) {
                    common[i][j] = before.get(i).equals(after.get(j)) ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
                }
            }
        }
        return common;
    }

    private static List<String> near(List<String> all) {
        List<String> near = new ArrayList<>();
        boolean gap = false;
        for (int i = 0; i < all.size(); i++) {
            boolean shown = all.subList(Math.max(0, i - AROUND), Math.min(all.size(), i + AROUND + 1)).stream().anyMatch(line -> !line.startsWith(" "));
            if (shown) {
                if (gap && !near.isEmpty()) {
                    near.add("  ...");
                }
                near.add(all.get(i));
            }
            gap = !shown;
        }
        return near;
    }
}
