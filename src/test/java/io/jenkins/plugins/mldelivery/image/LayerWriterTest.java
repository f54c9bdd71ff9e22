package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class LayerWriterTest {
    @Test
    public void slashesAtTheEndsOfTheModelsFolder() {
        assertEquals("models/a", LayerWriter.withoutSlashes("//models/a///"));
        assertEquals("models", LayerWriter.withoutSlashes("models"));
        assertEquals("", LayerWriter.withoutSlashes("///"));
        assertEquals("", LayerWriter.withoutSlashes(""));
    }

    /** The regular expression that it was took minutes. */
    @Test(timeout = 20_000)
    public void manySlashesTakeLinearTime() {
        String many = "a" + "/".repeat(3_000_000) + "a";
        assertEquals(many, LayerWriter.withoutSlashes("/" + many + "/"));
    }
}
