package io.jenkins.plugins.mldelivery.verify.source;

import io.jenkins.plugins.mldelivery.delivery.Clock;
import io.jenkins.plugins.mldelivery.delivery.Deadline;
import io.jenkins.plugins.mldelivery.delivery.HostRules;
import io.jenkins.plugins.mldelivery.delivery.KnownSecrets;
import io.jenkins.plugins.mldelivery.delivery.Secrets;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What sources of metrics take in tests. */
final class Sources {
    private Sources() {}

    static SourceContext context(Secrets secrets, Clock clock, List<String> notes) {
        return context(secrets, clock, notes, new SharedReads());
    }

    static SourceContext context(Secrets secrets, Clock clock, List<String> notes, SharedReads shared) {
        KnownSecrets known = new KnownSecrets();
        return new SourceContext(known.learning(secrets), known, HostRules.standard(), clock, new TakenNotes(notes), shared);
    }

    /** Of one look, with so much time. */
    static LookBudget budget(Duration time) {
        return new LookBudget(new SharedReads(), Deadline.in(time));
    }

    static LookBudget budget() {
        return budget(Duration.ofMinutes(1));
    }

    static ApiAnswer answer(String json) throws IOException {
        return ApiAnswer.parse(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), budget(), AskedRange.NONE);
    }

    /** A page of which everything is kept. */
    static ExpositionText text(String page) {
        String[] lines = page.split("\n");
        int last = lines.length - 1;
        while (last > 0 && lines[last].replaceAll("[ \t\r]", "").isEmpty()) {
            last--;
        }
        return new ExpositionText(page, last >= 0 && lines[last].replaceAll("^[ \t\r]+|[ \t\r]+$", "").equals("# EOF"));
    }

    static ExpositionPage read(ExpositionText text, String metric) {
        try {
            return ExpositionParser.read(text, metric, new SharedTexts(budget()), Deadline.in(Duration.ofMinutes(1)));
        } catch (LimitExceededException e) {
            throw new AssertionError(e);
        }
    }
}
