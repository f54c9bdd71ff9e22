/**
 * Delivers a model: image, infrastructure, canary with its metrics watched.
 *
 * mlDeliver(name: 'churn', model: 'model', image: 'registry.example.com/ml/churn:1', namespace: 'ml', cluster: 'production') {
 *     sh 'pytest smoke'   // optional: runs at every traffic step, before the metrics are looked at
 * }
 *
 * Needs a node. Returns what mlDeployModel returns.
 */
def call(Map config, Closure smoke = null) {
    for (key in ['name', 'model', 'image', 'namespace', 'cluster']) {
        if (!config[key]) {
            error "mlDeliver: the parameter '${key}' is missing"
        }
    }
    def built = mlBuildImage(model: config.model, image: config.image, credentialsId: config.registryCredentialsId)
    if (config.infrastructure) {
        mlProvision(dir: config.infrastructure, cluster: config.cluster)
    }
    return mlDeployModel(
            name: config.name, namespace: config.namespace, image: built.image, cluster: config.cluster,
            strategy: canary(steps: config.steps ?: [10, 50])) {
        if (smoke) {
            smoke()
        }
        mlVerifyMetrics(checks: config.checks ?: [errorRate()], interval: config.interval ?: '15s')
    }
}
