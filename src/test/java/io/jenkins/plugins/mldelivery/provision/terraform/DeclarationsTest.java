package io.jenkins.plugins.mldelivery.provision.terraform;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.Test;

public class DeclarationsTest {
    private static Set<String> in(String name, String text) {
        Declarations declarations = new Declarations();
        declarations.read(name, text);
        return declarations.sensitive();
    }

    @Test
    public void sensitiveVariablesAreFoundAmongEverythingElse() {
        assertEquals(
                Set.of("a", "b", "e"),
                in(
                        "main.tf",
                        """
                # variable "comment" { sensitive = true }
                // variable "comment" { sensitive = true }
                /* variable "comment" {
                   sensitive = true } */
                variable "a" { sensitive = true }
                variable "b" {
                  type    = object({ sensitive = string })
                  default = { text = "} ${upper("x}")} \\" {" }
                  description = <<-EOT
                    variable "heredoc" { sensitive = true }
                  EOT
                  sensitive   = true
                  validation { condition = length(var.b) > 1 }
                }
                variable "c" { sensitive = false }
                variable "d" {
                  validation { sensitive = true }
                }
                variable "e" { nullable = false, sensitive=true }
                output "o" {
                  value = "$${var.x} %{ if true }y%{ endif }"
                  sensitive = true
                }
                locals { variable = { sensitive = true } }
                """));
    }

    /** As Terraform converts it. */
    @Test
    public void whateverIsNotFalseIsSensitive() {
        assertEquals(
                Set.of("a", "b", "c"),
                in(
                        "main.tf",
                        """
                variable "a" { sensitive = "true" }
                variable "b" { sensitive = (true) }
                variable "c" { sensitive = !false }
                variable "d" { sensitive = false }
                variable "e" { sensitive = "false" }
                variable "f" { sensitive = null }
                """));
        assertEquals(
                Set.of("a", "b"),
                in(
                        "main.tf.json",
                        "{\"variable\":{\"a\":{\"sensitive\":\"true\"},\"b\":{\"sensitive\":\"${!false}\"},"
                                + "\"c\":{\"sensitive\":\"false\"},\"d\":{\"sensitive\":null}}}"));
    }

    @Test
    public void theJsonSyntaxToo() {
        assertEquals(
                Set.of("a", "b"),
                in(
                        "main.tf.json",
                        "{\"variable\":{\"a\":{\"sensitive\":true},\"b\":[{\"sensitive\":true}],\"c\":{\"sensitive\":false},\"d\":{}}}"));
        assertEquals(Set.of("a"), in("main.tf.json", "{\"variable\":[{\"a\":{\"sensitive\":true}},7]}"));
        for (String text :
                List.of("", "[]", "{", "{\"variable\":7}", "{\"variable\":{\"a\":7}}", "[".repeat(100_000))) {
            assertEquals(text, Set.of(), in("main.tf.json", text));
        }
    }

    @Test
    public void whatIsBrokenEndsInLinearTime() {
        long start = System.nanoTime();
        for (String part : List.of(
                "{",
                "}",
                "\"",
                "\"${",
                "${\"",
                "<<E\n",
                "<<",
                "/*",
                "#",
                "\\",
                "variable \"a\" {",
                "sensitive = true ",
                "\"$${",
                "a")) {
            in("main.tf", part.repeat(200_000));
        }
        assertTrue("quadratic", System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
    }
}
