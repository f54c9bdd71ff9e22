package io.jenkins.plugins.mldelivery.image;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What <code>mlBuildImage</code> made.
 *
 * @param image <code>registry/repository@sha256:…</code>, what to deploy
 * @param digest the manifest's digest
 * @param tags the tags written
 * @param changed whether the registry (or layout) did not have exactly this image under this tag before
 * @param layers the layers, bottom first
 * @param pushedBytes bytes of blobs sent to the registry
 * @param totalBytes bytes of all blobs
 */
public record BuildImageResult(
        String image,
        String digest,
        List<String> tags,
        boolean changed,
        List<Layer> layers,
        long pushedBytes,
        long totalBytes)
        implements Serializable {

    public BuildImageResult {
        tags = List.copyOf(tags);
        layers = List.copyOf(layers);
    }

    /**
     * One layer.
     *
     * @param digest digest of the compressed blob
     * @param bytes its size
     * @param reused whether the registry had it already
     * @param what <code>base</code>, <code>weights</code>, <code>model</code> or <code>code</code>
     */
    public record Layer(String digest, long bytes, boolean reused, String what) implements Serializable {}

    /** The result as the Pipeline step returns it: strings, numbers, booleans, lists and maps only. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("image", image);
        map.put("digest", digest);
        map.put("tags", new ArrayList<>(tags));
        map.put("changed", changed);
        List<Object> list = new ArrayList<>();
        for (Layer layer : layers) {
            Map<String, Object> l = new LinkedHashMap<>();
            l.put("digest", layer.digest());
            l.put("bytes", layer.bytes());
            l.put("reused", layer.reused());
            l.put("what", layer.what());
            list.add(l);
        }
        map.put("layers", list);
        map.put("pushedBytes", pushedBytes);
        map.put("totalBytes", totalBytes);
        return map;
    }
}
