package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A condition over named numbers, such as <code>errors &lt; 0.01 &amp;&amp; p99 &lt; 2 * default(baseline, 0.5)</code>.
 *
 * <p>Numbers as in Java; <code>+ - * /</code>, <code>&lt; &lt;= &gt; &gt;= == !=</code>, <code>&amp;&amp; || !</code>, brackets; <code>abs(x)</code>, <code>min(x, y)</code>, <code>max(x, y)</code>;
 * <code>hasData(x)</code>, whether a named value is there; <code>isNaN(x)</code>; <code>default(x, y)</code>, y when x is missing or NaN. Numbers are doubles. Nothing is silently true or false: a missing value that is not guarded, and a comparison with NaN, are thrown.
 * Both sides of <code>&amp;&amp;</code> and <code>||</code> are looked at only as far as needed.
 */
public final class Formula {
    private final Node condition;
    private final Set<String> names;

    Formula(Node condition, Set<String> names) {
        this.condition = condition;
        this.names = new TreeSet<>(names);
    }

    /**
     * Parses a condition.
     *
     * @param parameter the parameter that it came from, for errors
     * @throws DeliveryException when it is none
     */
    public static Formula parse(String parameter, String text) throws DeliveryException {
        return new FormulaParser(parameter, text).parse();
    }

    /** The names that it uses. */
    public Set<String> names() {
        return Set.copyOf(names);
    }

    /**
     * Whether it holds.
     *
     * @param values by their names; a missing one has no data
     * @throws NoData when it depends on a value that is missing
     * @throws NotANumber when it depends on a comparison with NaN
     */
    public boolean test(Map<String, Double> values) {
        return condition.number(values) != 0;
    }

    /** It depends on a value that is missing. */
    public static final class NoData extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoData(String name) {
            super(name, null, false, false);
        }
    }

    /** It depends on a comparison with NaN. */
    public static final class NotANumber extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** A part; a condition is 1 or 0. */
    sealed interface Node {
        double number(Map<String, Double> values);

        /** Whether it is a condition, not a number. */
        boolean isCondition();
    }

    record Number(double value) implements Node {
        @Override
        public double number(Map<String, Double> values) {
            return value;
        }

        @Override
        public boolean isCondition() {
            return false;
        }
    }

    record Name(String name) implements Node {
        @Override
        public double number(Map<String, Double> values) {
            Double value = values.get(name);
            if (value == null) {
                throw new NoData(name);
            }
            return value;
        }

        @Override
        public boolean isCondition() {
            return false;
        }
    }

    record Call(String function, List<Node> arguments) implements Node {
        @Override
        public double number(Map<String, Double> values) {
            return switch (function) {
                case "abs" -> Math.abs(argument(0, values));
                case "min" -> Math.min(argument(0, values), argument(1, values));
                case "max" -> Math.max(argument(0, values), argument(1, values));
                case "isNaN" -> Double.isNaN(argument(0, values)) ? 1 : 0;
                case "hasData" -> isThere(values) ? 1 : 0;
                default -> withDefault(values);
            };
        }

        /** Each argument is evaluated once: defaults of defaults would take twice as long with each level. */
        private double withDefault(Map<String, Double> values) {
            double value;
            try {
                value = argument(0, values);
            } catch (NoData e) {
                return argument(1, values);
            }
            return Double.isNaN(value) ? argument(1, values) : value;
        }

        private double argument(int i, Map<String, Double> values) {
            return arguments.get(i).number(values);
        }

        private boolean isThere(Map<String, Double> values) {
            try {
                argument(0, values);
                return true;
            } catch (NoData e) {
                return false;
            }
        }

        @Override
        public boolean isCondition() {
            return function.equals("isNaN") || function.equals("hasData");
        }
    }

    record Unary(String operator, Node of) implements Node {
        @Override
        public double number(Map<String, Double> values) {
            double value = of.number(values);
            return operator.equals("-") ? -value : value == 0 ? 1 : 0;
        }

        @Override
        public boolean isCondition() {
            return operator.equals("!");
        }
    }

    record Binary(String operator, Node left, Node right) implements Node {
        @Override
        public double number(Map<String, Double> values) {
            double a = left.number(values);
            if (operator.equals("&&")) {
                return a != 0 && right.number(values) != 0 ? 1 : 0;
            }
            if (operator.equals("||")) {
                return a != 0 || right.number(values) != 0 ? 1 : 0;
            }
            double b = right.number(values);
            return switch (operator) {
                case "+" -> a + b;
                case "-" -> a - b;
                case "*" -> a * b;
                case "/" -> a / b;
                default -> compares(a, b) ? 1 : 0;
            };
        }

        private boolean compares(double a, double b) {
            if (Double.isNaN(a) || Double.isNaN(b)) {
                throw new NotANumber();
            }
            return switch (operator) {
                case "<" -> a < b;
                case "<=" -> a <= b;
                case ">" -> a > b;
                case ">=" -> a >= b;
                case "==" -> a == b;
                default -> a != b;
            };
        }

        @Override
        public boolean isCondition() {
            return !Set.of("+", "-", "*", "/").contains(operator);
        }
    }
}
