package io.jenkins.plugins.mldelivery.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Model folders for tests. */
final class Models {
    private Models() {}

    /** An MLflow model: description, code and weights of this many bytes. */
    static Path mlflow(Path folder, int weights) throws IOException {
        Files.createDirectories(folder.resolve("code"));
        Files.writeString(folder.resolve("MLmodel"), "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n");
        Files.writeString(folder.resolve("conda.yaml"), "dependencies: [python=3.11]\n");
        Files.writeString(folder.resolve("code/score.py"), "def score(x):\n    return x\n");
        byte[] bytes = new byte[weights];
        new Random(7).nextBytes(bytes);
        Files.write(folder.resolve("model.pkl"), bytes);
        return folder;
    }
}
