package io.jenkins.plugins.mldelivery.playground.kube;

import org.junit.rules.ExternalResource;
import org.junit.rules.TemporaryFolder;

/** A toy cluster for all tests of a class. */
public final class ToyClusterRule extends ExternalResource {
    private final TemporaryFolder folder = new TemporaryFolder();
    private ToyCluster toy;

    @Override
    protected void before() throws Throwable {
        folder.create();
        toy = new ToyCluster(folder.getRoot().toPath());
    }

    @Override
    protected void after() {
        if (toy != null) {
            toy.close();
        }
        folder.delete();
    }

    /** The cluster; while tests of the class run. */
    public ToyCluster toy() {
        return toy;
    }
}
