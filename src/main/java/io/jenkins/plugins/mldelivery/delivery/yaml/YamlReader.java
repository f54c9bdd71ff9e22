package io.jenkins.plugins.mldelivery.delivery.yaml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ValueNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Reads YAML and JSON within limits, one text or several, and as data only. What makes one text mean
 * different things to different readers, or a small text a large tree, is refused: a key that stands twice in a
 * mapping, aliases ({@code *name}), merge keys ({@code <<}) and tags ({@code !name}). Errors name the line and never
 * quote the text, which may hold secrets.
 */
public final class YamlReader {
    private static final String MERGE = "<<";
    private static final String UNREADABLE = "can't be read as YAML";

    private final String parameter;
    private final YamlLimits limits;
    private final YAMLFactory yaml;
    private final JsonFactory json;
    private long length;
    private int documents;
    private int nodes;

    /**
     * @param parameter the parameter that gave the texts, for errors
     * @param limits for all texts that this reads
     */
    public YamlReader(String parameter, YamlLimits limits) {
        this.parameter = parameter;
        this.limits = limits;
        // The library's own limits are 3 MiB and 50 levels.
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(limits.maxLength());
        options.setNestingDepthLimit(limits.maxDepth() + 1);
        // The factory's builder begins without the features that are the default elsewhere.
        yaml = YAMLFactory.builder()
                .loaderOptions(options)
                .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                .build();
        // Names from outside are not kept for the next text.
        json = JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .build();
    }

    /**
     * The documents of a text.
     *
     * @param source what it is, for errors, such as {@code the kubeconfig}
     * @return in the text's order, without those that hold nothing
     * @throws DeliveryException when it is no YAML, has what is refused, or is beyond the limits
     */
    public List<YamlNode> read(String source, String text) throws DeliveryException {
        length += text.length();
        if (length > limits.maxLength()) {
            throw wrong(source, "has more than " + limits.maxLength() / 1024 + " KiB", "Give a smaller file.");
        }
        List<YamlNode> all = new ArrayList<>();
        // One more than the documents may be, and one for what is before the first.
        for (TextPart part : TextPart.of(text, limits.maxDocuments() + 2)) {
            all.addAll(part.braced() ? jsonOrYaml(source, part) : yaml(source, part, 0));
        }
        return all;
    }

    /** JSON is YAML but for its tabs and for a slash that is escaped, and its documents need nothing between them. */
    private List<YamlNode> jsonOrYaml(String source, TextPart part) throws DeliveryException {
        int documentsBefore = documents;
        int nodesBefore = nodes;
        try (JsonParser parser = json.createParser(part.json())) {
            return new Reading(source, parser, part.linesBefore()).all();
        } catch (IOException | RuntimeException e) {
            documents = documentsBefore;
            nodes = nodesBefore;
            return yaml(source, part, line(e, part));
        }
    }

    /** @param jsonLine how far it was read as JSON, from 1; 0 when it was not */
    private List<YamlNode> yaml(String source, TextPart part, int jsonLine) throws DeliveryException {
        try (YAMLParser parser = yaml.createParser(part.yaml())) {
            return new Reading(source, parser, part.linesBefore()).all();
        } catch (IOException | RuntimeException e) {
            // The parser's message and its cause would quote the text.
            int tab = tabLine(e, part);
            int line = Math.max(tab == 0 ? line(e, part) : tab, jsonLine);
            if (tab > 0 && tab == line) {
                throw wrong(source, "line " + line + ", has a tab where YAML wants blanks", "Write blanks.");
            }
            throw wrong(source, (line == 0 ? "" : "line " + line + ", ") + UNREADABLE, "Correct it.");
        }
    }

    /** The line that the parser was at, from 1; 0 when it does not tell. */
    private static int line(Exception e, TextPart part) {
        JsonLocation at = e instanceof JsonProcessingException j ? j.getLocation() : null;
        return at == null || at.getLineNr() < 1 ? 0 : part.linesBefore() + at.getLineNr();
    }

    /** The line of a tab that ended the reading, from 1; 0 when something else did. */
    private static int tabLine(Exception e, TextPart part) {
        return e.getCause() instanceof MarkedYAMLException marked
                        && marked.getProblemMark() != null
                        && String.valueOf(marked.getProblem()).contains("(TAB)")
                ? part.linesBefore() + marked.getProblemMark().getLine() + 1
                : 0;
    }

    private DeliveryException wrong(String source, String problem, String remedy) {
        return DeliveryException.invalid(
                parameter, source + (problem.startsWith("line ") ? ", " : " ") + problem, remedy);
    }

    /** Of one part of a text. */
    private final class Reading {
        private final String source;
        private final JsonParser parser;
        private final int linesBefore;

        Reading(String source, JsonParser parser, int linesBefore) {
            this.source = source;
            this.parser = parser;
            this.linesBefore = linesBefore;
        }

        private DeliveryException wrong(String problem, String remedy) {
            return YamlReader.this.wrong(source, problem, remedy);
        }

        List<YamlNode> all() throws IOException, DeliveryException {
            List<YamlNode> all = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (++documents > limits.maxDocuments()) {
                    throw wrong(
                            limits.maxDocuments() == 1
                                    ? "has a second document"
                                    : "has more than " + limits.maxDocuments() + " documents",
                            limits.maxDocuments() == 1 ? "Remove it." : "Divide it.");
                }
                YamlNode document = node(token, 1);
                if (!document.isNull()) {
                    all.add(document);
                }
            }
            return all;
        }

        /** The recursion ends at the limit of the depth. */
        private YamlNode node(JsonToken token, int depth) throws IOException, DeliveryException {
            checkNode(depth);
            int line = line();
            return switch (token) {
                case START_OBJECT -> mapping(line, depth);
                case START_ARRAY -> sequence(line, depth);
                default -> new YamlNode.Scalar(line, scalar(token));
            };
        }

        private YamlNode mapping(int line, int depth) throws IOException, DeliveryException {
            Map<String, YamlNode> fields = new LinkedHashMap<>();
            Map<String, Integer> lines = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                checkNode(depth);
                String name = parser.currentName();
                if (MERGE.equals(name)) {
                    throw wrong("line " + line() + ", has a merge key (<<)", "Write out what it stands for.");
                }
                int keyLine = line();
                if (lines.put(name, keyLine) != null) {
                    throw wrong("line " + keyLine + ", has a key that stands there before", "Remove one of the two.");
                }
                fields.put(name, node(parser.nextToken(), depth + 1));
            }
            return new YamlNode.Mapping(line, fields, lines);
        }

        private YamlNode sequence(int line, int depth) throws IOException, DeliveryException {
            List<YamlNode> items = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                items.add(node(token, depth + 1));
            }
            return new YamlNode.Sequence(line, items);
        }

        private void checkNode(int depth) throws IOException, DeliveryException {
            if (depth > limits.maxDepth()) {
                throw wrong(
                        "line " + line() + ", is nested more than " + limits.maxDepth() + " levels deep",
                        "Correct it.");
            }
            if (++nodes > limits.maxNodes()) {
                throw wrong("has more than " + limits.maxNodes() + " values", "Divide it.");
            }
            if (parser instanceof YAMLParser inYaml && inYaml.isCurrentAlias()) {
                throw wrong("line " + line() + ", has an alias (*name)", "Write out what it stands for.");
            }
            if (parser.getTypeId() != null && parser.currentToken() != JsonToken.FIELD_NAME) {
                throw wrong("line " + line() + ", has a tag (!name)", "Remove it; write a text in quotes.");
            }
        }

        private ValueNode scalar(JsonToken token) throws IOException, DeliveryException {
            JsonNodeFactory make = JsonNodeFactory.instance;
            return switch (token) {
                case VALUE_STRING -> text(make, parser.getText());
                case VALUE_TRUE -> make.booleanNode(true);
                case VALUE_FALSE -> make.booleanNode(false);
                case VALUE_NULL -> make.nullNode();
                case VALUE_NUMBER_INT -> integer(make);
                case VALUE_NUMBER_FLOAT -> {
                    double value = parser.getDoubleValue();
                    if (!Double.isFinite(value)) {
                        throw wrong("line " + line() + ", has a number that is too large", "Correct it.");
                    }
                    yield make.numberNode(value);
                }
                default -> throw wrong("line " + line() + ", " + UNREADABLE, "Correct it.");
            };
        }

        /** Kubernetes' readers take more prefixes for those of whole numbers than this library does. */
        private ValueNode text(JsonNodeFactory make, String text) {
            OptionalLong number = parser instanceof YAMLParser && isPlain(text)
                    ? PrefixedNumber.parse(text)
                    : OptionalLong.empty();
            if (number.isEmpty()) {
                return make.textNode(text);
            }
            long value = number.getAsLong();
            return value == (int) value ? make.numberNode((int) value) : make.numberNode(value);
        }

        /** Quotes and such make the value longer than its text. */
        private boolean isPlain(String text) {
            long begin = parser.currentTokenLocation().getCharOffset();
            return parser.currentLocation().getCharOffset() - begin == text.length();
        }

        private ValueNode integer(JsonNodeFactory make) throws IOException {
            return switch (parser.getNumberType()) {
                case INT -> make.numberNode(parser.getIntValue());
                case LONG -> make.numberNode(parser.getLongValue());
                default -> (ValueNode) make.numberNode((BigInteger) parser.getNumberValue());
            };
        }

        private int line() {
            return linesBefore + parser.currentTokenLocation().getLineNr();
        }
    }
}
