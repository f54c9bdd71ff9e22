package io.jenkins.plugins.mldelivery.deploy.targets;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts, line by line, with two lines around each change. */
final class LineDiff {
    private static final int AROUND = 2;
    /** Pairs of lines that are compared: 16 MB of numbers. */
    private static final long MOST_CELLS = 4_000_000;

    private LineDiff() {}

    /**
     * Lines that begin with '-' (only before), '+' (only after) or a blank; empty when there is no difference. Of texts
     * that are too long to be compared, what lies between their equal ends is given as taken away and added whole.
     */
    static List<String> of(List<String> before, List<String> after) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        List<String> all = new ArrayList<>();
        before.subList(0, head).forEach(line -> all.add("  " + line));
        between(before.subList(head, before.size() - tail), after.subList(head, after.size() - tail), all);
        before.subList(before.size() - tail, before.size()).forEach(line -> all.add("  " + line));
        return near(all);
    }

    private static void between(List<String> before, List<String> after, List<String> all) {
        int i = 0;
        int j = 0;
        if ((long) before.size() * after.size() <= MOST_CELLS) {
            int[][] common = lengths(before, after);
            while (i < before.size() && j < after.size()) {
                if (before.get(i).equals(after.get(j))) {
                    all.add("  " + before.get(i++));
                    j++;
                } else if (common[i + 1][j] >= common[i][j + 1]) {
                    all.add("- " + before.get(i++));
                } else {
                    all.add("+ " + after.get(j++));
                }
            }
        }
        before.subList(i, before.size()).forEach(line -> all.add("- " + line));
        after.subList(j, after.size()).forEach(line -> all.add("+ " + line));
    }

    /** For each pair of places, how many lines the rests have in common. */
    private static int[][] lengths(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j)) ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
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
