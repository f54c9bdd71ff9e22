package io.jenkins.plugins.mldelivery.image;

import static org.junit.Assert.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.pholser.junit.quickcheck.From;
import com.pholser.junit.quickcheck.Property;
import com.pholser.junit.quickcheck.runner.JUnitQuickcheck;
import io.jenkins.plugins.mldelivery.image.oci.Json;
import io.jenkins.plugins.mldelivery.image.oci.MalformedException;
import io.jenkins.plugins.mldelivery.image.oci.Platform;
import io.jenkins.plugins.mldelivery.testing.HostileText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.Test;
import org.junit.runner.RunWith;

@RunWith(JUnitQuickcheck.class)
public class ImageAssemblerTest {
    private static final String CONFIG = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\",\"A=1\"],\"ExposedPorts\":{\"80/tcp\":{}},\"Cmd\":[\"sh\"],"
            + "\"Labels\":{\"a\":\"b\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"history\":[{\"created_by\":\"x\"}]}";

    private static String config(String base) throws MalformedException {
        JsonNode config = Json.object(base.getBytes(StandardCharsets.UTF_8));
        BaseImage image = new BaseImage(null, null, config, List.of(), null);
        return new String(
                ImageAssembler.assemble(BuildImageRequest.of("m", "i"), Platform.LINUX_AMD64, image, true, List.of()).configBytes(), StandardCharsets.UTF_8);
    }

    @Test
    public void theBaseImagesConfigurationIsKept() throws Exception {
        String made = config(CONFIG);
        assertTrue(made, made.contains("\"Env\":[\"PATH=/bin\",\"A=1\"]") && made.contains("\"a\":\"b\"") && made.contains("\"Cmd\":[\"sh\"]"));
    }

    /** The configuration of a base image may have any shape. */
    @Property(trials = 800)
    public void anyConfiguration(@From(HostileText.class) @HostileText.Like(CONFIG) String text) {
        HostileText.survives(text, () -> config(text), MalformedException.class);
    }
}
