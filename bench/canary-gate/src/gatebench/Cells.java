package gatebench;

import gatebench.Condition.Shape;
import java.util.ArrayList;
import java.util.List;

/** The conditions of the table. */
final class Cells {
    static final double BASE = 0.005;
    /** 0.6 and 0.3 errors a minute on the canary. */
    static final double[] SPARSE = {0.002, 0.001};
    static final double[] FACTORS = {1.25, 1.5, 2, 3, 5, 10};
    static final int[] SPLITS = {9, 1};
    static final int MID = 30;

    private Cells() {}

    /** Rollouts without a regression, where every rollback is a false alarm. */
    static List<Condition> same() {
        List<Condition> cells = new ArrayList<>();
        for (int split : SPLITS) {
            for (Shape shape : Shape.values()) {
                cells.add(Condition.of(shape, split, BASE, 1));
            }
            for (double base : SPARSE) {
                cells.add(Condition.of(Shape.PLAIN, split, base, 1));
            }
        }
        return cells;
    }

    /** Rollouts with a regression. */
    static List<Condition> worse() {
        List<Condition> cells = new ArrayList<>();
        for (int split : SPLITS) {
            for (double factor : FACTORS) {
                cells.add(Condition.of(Shape.PLAIN, split, BASE, factor));
            }
            for (double factor : FACTORS) {
                cells.add(Condition.of(Shape.PLAIN, split, BASE, factor).from(MID));
            }
            for (double base : SPARSE) {
                for (double factor : FACTORS) {
                    cells.add(Condition.of(Shape.PLAIN, split, base, factor));
                }
            }
            for (Shape shape : Shape.values()) {
                if (shape != Shape.PLAIN) {
                    cells.add(Condition.of(shape, split, BASE, 2));
                }
            }
        }
        return cells;
    }
}
