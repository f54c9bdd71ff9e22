package io.jenkins.plugins.mldelivery.playground;

import com.sun.net.httpserver.HttpExchange;
import io.jenkins.plugins.mldelivery.delivery.Login;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;

/** The one login that a server accepts. */
public final class ExpectedLogin {
    private final byte[] header;

    private ExpectedLogin(String header) {
        this.header = header.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code Bearer} for a token, else {@code Basic}. */
    public static ExpectedLogin of(Login login) {
        String secret = login.secret().reveal();
        return new ExpectedLogin(login.isToken()
                ? "Bearer " + secret
                : "Basic " + Base64.getEncoder().encodeToString((login.username() + ":" + secret).getBytes(StandardCharsets.UTF_8)));
    }

    /** Whether a request has it. Takes as long for a wrong one that is nearly right as for any other. */
    public boolean isIn(HttpExchange exchange) {
        List<String> given = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
        return given.size() == 1 && MessageDigest.isEqual(header, given.get(0).getBytes(StandardCharsets.UTF_8));
    }
}
