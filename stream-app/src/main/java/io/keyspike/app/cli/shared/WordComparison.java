package io.keyspike.app.cli.shared;

import java.util.ArrayList;
import java.util.List;

/**
 * An alignment of expected and detected words that matches as many as possible in order (their longest common subsequence).
 *
 * @param missing expected but not detected, in order
 * @param extra detected but not expected, in order
 */
public record WordComparison(List<String> expected, List<String> heard, List<String> missing, List<String> extra) {

    public static WordComparison of(List<String> expected, List<String> heard) {
        int[][] common = new int[expected.size() + 1][heard.size() + 1];
        for (int e = expected.size() - 1; e >= 0; e--) {
            for (int h = heard.size() - 1; h >= 0; h--) {
                common[e][h] = expected.get(e).equals(heard.get(h))
                        ? common[e + 1][h + 1] + 1
                        : Math.max(common[e + 1][h], common[e][h + 1]);
            }
        }
        var missing = new ArrayList<String>();
        var extra = new ArrayList<String>();
        int e = 0;
        int h = 0;
        while (e < expected.size() && h < heard.size()) {
            if (expected.get(e).equals(heard.get(h))) {
                e++;
                h++;
            } else if (common[e + 1][h] >= common[e][h + 1]) {
                missing.add(expected.get(e++));
            } else {
                extra.add(heard.get(h++));
            }
        }
        missing.addAll(expected.subList(e, expected.size()));
        extra.addAll(heard.subList(h, heard.size()));
        return new WordComparison(List.copyOf(expected), List.copyOf(heard), missing, extra);
    }

    public int matched() {
        return expected.size() - missing.size();
    }
}
