package io.jenkins.plugins.mldelivery.playground.kube;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.Test;

public class LabelsTest {
    private static JsonNode object() throws Exception {
        return new ObjectMapper().readTree("{\"metadata\":{\"labels\":{\"app\":\"churn\",\"track\":\"canary\"}}}");
    }

    @Test
    public void selectors() throws Exception {
        assertTrue(Labels.match(object(), "app=churn, track in (canary, stable)", null));
        assertTrue(Labels.match(object(), "track in (canary,stable),app==churn,", ""));
        assertTrue(Labels.match(object(), "track notin (stable,other)", null));
        assertFalse(Labels.match(object(), "app=churn,track in (stable,other)", null));
        assertTrue(Labels.match(object(), " ", null));
    }

    @Test(timeout = 20_000)
    public void manyTermsTakeLinearTime() throws Exception {
        assertTrue(Labels.match(object(), "app=churn,".repeat(400_000), null));
    }
}
