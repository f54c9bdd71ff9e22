package io.jenkins.plugins.mldelivery.verify;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.jenkins.plugins.mldelivery.verify.stats.BurstGuard;
import io.jenkins.plugins.mldelivery.verify.stats.DifferenceTest;
import io.jenkins.plugins.mldelivery.verify.stats.ErrorRateTest;
import io.jenkins.plugins.mldelivery.verify.stats.HistogramTest;
import java.io.IOException;
import java.util.function.Function;

/** Puts the tests into the JSON of the evidence as their own text forms, so that they are read and written only where the evidence is, not at every look. */
final class EvidenceTexts extends SimpleModule {
    private static final long serialVersionUID = 1L;

    EvidenceTexts() {
        add(ErrorRateTest.class, ErrorRateTest::toText, ErrorRateTest::fromText);
        add(HistogramTest.class, HistogramTest::toText, HistogramTest::fromText);
        add(BurstGuard.class, BurstGuard::toText, BurstGuard::fromText);
        add(DifferenceTest.class, DifferenceTest::toText, DifferenceTest::fromText);
    }

    private <T> void add(Class<T> type, Function<T, String> write, Function<String, T> read) {
        addSerializer(type, new StdSerializer<>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            public void serialize(T test, JsonGenerator to, SerializerProvider provider) throws IOException {
                to.writeString(write.apply(test));
            }
        });
        addDeserializer(type, new StdDeserializer<>(type) {
            private static final long serialVersionUID = 1L;

            @Override
            public T deserialize(JsonParser from, DeserializationContext context) throws IOException {
                String text = from.getValueAsString();
                if (text == null) {
                    return type.cast(context.handleUnexpectedToken(type, from));
                }
                try {
                    return read.apply(text);
                } catch (IllegalArgumentException e) {
                    return type.cast(context.handleWeirdStringValue(type, "", "%s", e.getMessage()));
                }
            }
        });
    }
}
