package io.jenkins.plugins.mldelivery.verify;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses a {@link Formula} by recursive descent; the operators bind as in Java. */
final class FormulaParser {
    private static final int LONGEST = 2000;
    private static final int DEEPEST = 50;
    /** Characters of a part in a message. */
    private static final int QUOTED = 60;
    private static final Pattern TOKEN = Pattern.compile("\\s*(?:(\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?)|([a-zA-Z_]\\w*)|(&&|\\|\\||<=|>=|==|!=|[-+*/<>!(),]))");
    private static final Map<String, Integer> FUNCTIONS = Map.of("abs", 1, "min", 2, "max", 2, "isNaN", 1, "hasData", 1, "default", 2);
    /** From the weakest on. */
    private static final List<List<String>> OPERATORS = List.of(
            List.of("||"), List.of("&&"), List.of("==", "!="), List.of("<", "<=", ">", ">="), List.of("+", "-"), List.of("*", "/"));

    private final String parameter;
    private final String text;
    private final TreeSet<String> names = new TreeSet<>();
    private final List<String> tokens = new ArrayList<>();
    private int at;
    private int depth;

    FormulaParser(String parameter, String text) {
        this.parameter = parameter;
        this.text = text;
    }

    Formula parse() throws DeliveryException {
        if (text.length() > LONGEST) {
            throw DeliveryException.invalid(parameter, "the formula has " + text.length() + " characters, more than " + LONGEST, "Put parts of it into the queries.");
        }
        Matcher token = TOKEN.matcher(text);
        int end = 0;
        while (!text.substring(end).isBlank()) {
            if (!token.region(end, text.length()).lookingAt()) {
                throw wrong("it can't be read from '" + Excerpt.of(text.substring(end).strip(), QUOTED) + "' on");
            }
            tokens.add(token.group().strip());
            end = token.end();
        }
        Formula.Node node = binary(0);
        if (at < tokens.size()) {
            throw wrong("'" + Excerpt.of(tokens.get(at), QUOTED) + "' is too much");
        }
        if (!node.isCondition()) {
            throw wrong("it is a number, not a condition");
        }
        return new Formula(node, names);
    }

    private DeliveryException wrong(String why) {
        return DeliveryException.invalid(parameter, "'" + Excerpt.of(text) + "' is not a valid condition: " + why, "Write it like errors < 0.01 && p99 < 0.5.");
    }

    private Formula.Node binary(int level) throws DeliveryException {
        if (level == OPERATORS.size()) {
            return unary();
        }
        Formula.Node left = binary(level + 1);
        while (at < tokens.size() && OPERATORS.get(level).contains(tokens.get(at))) {
            String operator = tokens.get(at++);
            Formula.Node right = binary(level + 1);
            boolean wantsConditions = level < 2;
            for (Formula.Node side : List.of(left, right)) {
                if (side.isCondition() != wantsConditions) {
                    throw wrong("on either side of '" + operator + "' there must be a " + (wantsConditions ? "condition" : "number"));
                }
            }
            left = new Formula.Binary(operator, left, right);
        }
        return left;
    }

    private Formula.Node unary() throws DeliveryException {
        if (++depth > DEEPEST) {
            throw wrong("it is nested too deeply");
        }
        try {
            String token = next();
            if (token.equals("-") || token.equals("!")) {
                Formula.Node of = unary();
                if (of.isCondition() != token.equals("!")) {
                    throw wrong("behind '" + token + "' there must be a " + (token.equals("!") ? "condition" : "number"));
                }
                return new Formula.Unary(token, of);
            }
            if (token.equals("(")) {
                Formula.Node inner = binary(0);
                expect(")");
                return inner;
            }
            if (Character.isDigit(token.charAt(0)) || token.charAt(0) == '.') {
                return new Formula.Number(Double.parseDouble(token));
            }
            if (!Character.isLetter(token.charAt(0)) && token.charAt(0) != '_') {
                throw wrong("'" + token + "' stands where a number is meant");
            }
            return at < tokens.size() && tokens.get(at).equals("(") ? call(token) : name(token);
        } finally {
            depth--;
        }
    }

    private Formula.Node name(String token) {
        names.add(token);
        return new Formula.Name(token);
    }

    private Formula.Node call(String function) throws DeliveryException {
        Integer count = FUNCTIONS.get(function);
        if (count == null) {
            throw wrong("there is no function '" + Excerpt.of(function, QUOTED) + "', only " + String.join(", ", new TreeSet<>(FUNCTIONS.keySet())));
        }
        List<Formula.Node> arguments = new ArrayList<>();
        do {
            at++;
            arguments.add(binary(0));
        } while (at < tokens.size() && tokens.get(at).equals(","));
        expect(")");
        if (arguments.size() != count || arguments.stream().anyMatch(Formula.Node::isCondition)) {
            throw wrong("'" + function + "' takes " + count + (count == 1 ? " number" : " numbers"));
        }
        return new Formula.Call(function, List.copyOf(arguments));
    }

    private void expect(String token) throws DeliveryException {
        if (at >= tokens.size() || !tokens.get(at).equals(token)) {
            throw wrong("a '" + token + "' is missing");
        }
        at++;
    }

    private String next() throws DeliveryException {
        if (at >= tokens.size()) {
            throw wrong("it ends too early");
        }
        return tokens.get(at++);
    }
}
