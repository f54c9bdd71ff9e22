package io.jenkins.plugins.mldelivery.playground;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Inference requests made of the penguin data set, one for each of the 344 birds. Two were not measured: their requests hold null, and every model answers them with an error, so that there is a base rate of errors as in real
 * traffic.
 */
public final class PenguinRequests {
    private PenguinRequests() {}

    /** The request bodies. */
    public static List<String> bodies() throws IOException {
        try (InputStream in = PenguinRequests.class.getResourceAsStream("/playground/model/penguins.csv")) {
            if (in == null) {
                throw new IOException("penguins.csv is missing from the class path");
            }
            List<String> bodies = new ArrayList<>();
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            reader.readLine();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] c = line.split(",", -1);
                bodies.add("{\"inputs\":[{\"name\":\"measurements\",\"shape\":[1,4],\"datatype\":\"FP64\",\"data\":["
                        + number(c[2]) + "," + number(c[3]) + "," + number(c[4]) + "," + number(c[5]) + "]}]}");
            }
            return bodies;
        }
    }

    private static String number(String cell) {
        return cell.isEmpty() ? "null" : cell;
    }
}
