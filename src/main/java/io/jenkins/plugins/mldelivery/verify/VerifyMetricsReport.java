package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.jenkins.plugins.mldelivery.delivery.Printable;
import io.jenkins.plugins.mldelivery.delivery.Verdict;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A result as files to archive. Its texts are on one line and printable, see {@link Printable}, so that XML 1.0 can
 * hold them.
 *
 * @param result what was found
 * @param started when the wait began
 * @param ended when it ended
 */
public record VerifyMetricsReport(VerifyMetricsResult result, Instant started, Instant ended) {
    private static final String SUITE = "mlVerifyMetrics";

    /** As JSON: the result's map, with the times in ISO 8601 in front. */
    public String toJson() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", 1);
        all.put("started", started.toString());
        all.put("ended", ended.toString());
        all.putAll(result.toMap());
        try {
            ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
            return Printable.json(mapper.writeValueAsString(all)) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts and numbers has a JSON form", e);
        }
    }

    /**
     * In the form of JUnit's XML reports, which Jenkins' <code>junit</code> step and most CI servers read: a test case a check. A critical check that failed is a failure, one without a verdict an error when that fails the gate, else skipped; what does not decide is skipped unless it passed.
     *
     * @param onInconclusive the request's
     */
    public String toJUnit(String onInconclusive) {
        boolean strict = "fail".equals(onInconclusive);
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", SUITE);
            xml.writeAttribute("tests", String.valueOf(result.checks().size()));
            for (String kind : new String[] {"failure", "error", "skipped"}) {
                String plural = kind.equals("skipped") ? kind : kind + "s";
                xml.writeAttribute(plural, String.valueOf(result.checks().stream().filter(c -> kind.equals(kind(c, strict))).count()));
            }
            String seconds = String.format(Locale.ROOT, "%.3f", Duration.between(started, ended).toMillis() / 1000.0);
            xml.writeAttribute("time", seconds);
            xml.writeAttribute("timestamp", started.toString());
            if (result.incompleteLooks() > 0) {
                xml.writeCharacters("\n  ");
                xml.writeStartElement("properties");
                xml.writeEmptyElement("property");
                xml.writeAttribute("name", "incompleteLooks");
                xml.writeAttribute("value", String.valueOf(result.incompleteLooks()));
                xml.writeEndElement();
            }
            for (VerifyMetricsResult.Outcome check : result.checks()) {
                testCase(xml, check, kind(check, strict), seconds);
            }
            xml.writeCharacters("\n");
            xml.writeEndElement();
            xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a text can be written to", e);
        }
        return text + "\n";
    }

    private static void testCase(XMLStreamWriter xml, VerifyMetricsResult.Outcome check, String kind, String seconds) throws XMLStreamException {
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", SUITE);
        xml.writeAttribute("name", check.name());
        xml.writeAttribute("time", seconds);
        if (kind != null) {
            xml.writeCharacters("\n    ");
            xml.writeEmptyElement(kind);
            xml.writeAttribute("message", (check.decides() ? "" : check.importance() + ": ") + check.reason());
            if (!kind.equals("skipped")) {
                xml.writeAttribute("type", check.verdict().word());
            }
        }
        xml.writeCharacters("\n    ");
        xml.writeStartElement("system-out");
        xml.writeCharacters(check.verdict().word() + ", " + check.reason());
        xml.writeEndElement();
        xml.writeCharacters("\n  ");
        xml.writeEndElement();
    }

    private static String kind(VerifyMetricsResult.Outcome check, boolean strict) {
        if (check.verdict() == Verdict.PASS) {
            return null;
        }
        if (!check.decides()) {
            return "skipped";
        }
        return check.verdict() == Verdict.FAIL ? "failure" : strict ? "error" : "skipped";
    }

}
