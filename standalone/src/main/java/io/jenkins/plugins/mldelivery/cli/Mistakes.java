package io.jenkins.plugins.mldelivery.cli;

import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line that can't be read, with the option or command that was probably meant. */
final class Mistakes {
    private Mistakes() {}

    /** The sentence, without the value of an option that takes names and values: these may be secrets. */
    static String sentence(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        if (e.getArgSpec() instanceof OptionSpec option && option.typeInfo().isMap()) {
            return "Option '" + option.longestName() + "' takes " + option.paramLabel();
        }
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(command, unmatched.getUnmatched()).orElse(e.getMessage());
        }
        if (e.getArgSpec() == null && e.getValue() != null) {
            return unknownCommand(command, e.getValue()); // of the command that gives help
        }
        // A required option that is missed may be the one that was written wrongly.
        return e instanceof MissingParameterException
                ? unknownOption(command, List.of(args)).orElse(e.getMessage())
                : e.getMessage();
    }

    private static Optional<String> unmatched(CommandLine command, List<String> words) {
        boolean isCommand = !command.getSubcommands().isEmpty() && !words.get(0).startsWith("-");
        return isCommand ? Optional.of(unknownCommand(command, words.get(0))) : unknownOption(command, words);
    }

    private static String unknownCommand(CommandLine root, String word) {
        Collection<String> commands = root.getSubcommands().keySet();
        return "there is no command '" + word + "'" + meant(word, commands);
    }

    /** The first word that looks like an option and is none; what is behind its '=' may be a secret. */
    private static Optional<String> unknownOption(CommandLine command, List<String> words) {
        return words.stream().filter(word -> word.startsWith("-") && word.length() > 1).map(word -> word.replaceFirst("(?s)=.*", ""))
                .filter(name -> command.getCommandSpec().findOption(name) == null && names(command).stream().noneMatch(name::equals))
                .findFirst().map(name -> "Unknown option: '" + name + "'" + meant(name, names(command)));
    }

    /** The options with their negations. */
    private static List<String> names(CommandLine command) {
        List<String> names = new ArrayList<>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            names.addAll(Arrays.asList(option.names()));
            if (option.negatable()) {
                names.add(option.longestName().replaceFirst("--", "--no-"));
            }
        }
        return names;
    }

    private static String meant(String word, Collection<String> known) {
        return NearestName.meant(word, known).map(name -> ". Did you mean " + name + "?").orElse("");
    }
}
