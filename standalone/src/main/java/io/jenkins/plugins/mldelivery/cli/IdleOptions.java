package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.DeliveryException;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options that were given where they have no effect: they are refused, since whoever gives them relies on them. */
final class IdleOptions {
    private final Set<String> names = new TreeSet<>();
    private final CommandSpec command;

    /** @param command that was called */
    IdleOptions(CommandSpec command) {
        this.command = command;
    }

    /** All options of one of its mixins have no effect. */
    IdleOptions mixin(String field) {
        command.mixins().get(field).options().forEach(option -> names.add(option.longestName()));
        return this;
    }

    /** These options have no effect. */
    IdleOptions options(String... longNames) {
        names.addAll(Set.of(longNames));
        return this;
    }

    /**
     * Refuses the first one that was given.
     *
     * @param problem why it has no effect
     */
    void refuse(String problem, String remedy) throws DeliveryException {
        for (OptionSpec given : command.commandLine().getParseResult().matchedOptions()) {
            if (names.contains(given.longestName())) {
                throw DeliveryException.invalid(given.longestName().substring(2), problem, remedy);
            }
        }
    }
}
