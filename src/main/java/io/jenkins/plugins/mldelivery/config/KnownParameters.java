package io.jenkins.plugins.mldelivery.config;

import hudson.model.Descriptor;
import io.jenkins.plugins.mldelivery.delivery.Excerpt;
import io.jenkins.plugins.mldelivery.delivery.NearestName;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;

/**
 * For descriptors of what scripts describe: refuses a parameter that there is none of. Pipeline itself only warns, and
 * would deliver with the default of what was meant.
 */
public interface KnownParameters extends CustomDescribableModel {
    /** Characters of a name that is quoted. */
    int LONGEST = 80;

    /** A script has given a parameter that there is none of. */
    final class UnknownException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        UnknownException(String message) {
            super(message);
        }
    }

    /** An implementation that changes arguments gives those that are as a script gives them to {@link #check}. */
    @Override
    default Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        return check(arguments);
    }

    /** What a script calls it. */
    default String scriptName() {
        Class<?> type = ((Descriptor<?>) this).clazz;
        Set<String> symbols = SymbolLookup.getSymbolValue(type);
        return symbols.isEmpty() ? type.getSimpleName() : symbols.iterator().next();
    }

    /**
     * The arguments themselves.
     *
     * @throws UnknownException when one of them is no parameter
     */
    default Map<String, Object> check(Map<String, Object> arguments) {
        Class<?> type = ((Descriptor<?>) this).clazz;
        Set<String> known = new TreeSet<>();
        new DescribableModel<>(type).getParameters().stream().map(DescribableParameter::getName).forEach(known::add);
        for (String name : arguments.keySet()) {
            if (!known.contains(name) && !name.equals(UninstantiatedDescribable.ANONYMOUS_KEY)) {
                String quoted = Excerpt.of(name, LONGEST);
                throw new UnknownException(known.isEmpty()
                        ? Messages.KnownParameters_None(quoted, scriptName())
                        : Messages.KnownParameters_Unknown(
                                quoted, scriptName(), NearestName.of(quoted, known), String.join(", ", known)));
            }
        }
        return arguments;
    }
}
