package io.jenkins.plugins.mldelivery.steps;

import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import java.io.IOException;
import java.util.regex.Pattern;
import org.htmlunit.HttpMethod;
import org.htmlunit.StringWebResponse;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.util.WebConnectionWrapper;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.MetaClass;

/**
 * A Jenkins for tests that send many forms: each goes through the browser with all of its scripts, and what a form does not need is left out. Half the time of a form was spent on
 * that: the harness reads each view anew as for a developer who edits it, the browser reads style sheets, and it shows the job that was saved, which no test looks at.
 */
public class FormsRule extends JenkinsRule {
    private static final Pattern JOB = Pattern.compile("/job/[^/]+/");
    private boolean uncached;

    @Override
    public void before() throws Throwable {
        uncached = MetaClass.NO_CACHE;
        MetaClass.NO_CACHE = false; // as it is in production
        super.before();
    }

    @Override
    public void after() throws Exception {
        try {
            super.after();
        } finally {
            MetaClass.NO_CACHE = uncached;
        }
    }

    /** Undoes what a test of permissions has set, as a new Jenkins has it. */
    public void openToAnyone() {
        jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
    }

    @Override
    public WebClient createWebClient() {
        WebClient client = super.createWebClient();
        client.getOptions().setCssEnabled(false);
        client.setWebConnection(new WebConnectionWrapper(client) {
            @Override
            public WebResponse getResponse(WebRequest request) throws IOException {
                boolean saved = request.getHttpMethod() == HttpMethod.GET && JOB.matcher(request.getUrl().getPath().substring(contextPath.length())).matches();
                return saved ? new StringWebResponse("<html><body>saved</body></html>", request.getUrl()) : super.getResponse(request);
            }
        });
        return client;
    }
}
