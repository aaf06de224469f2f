/** The one picture of who may import whom; everything not allowed here is an error. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: `^packages/${from}/`, pathNot: '\\.test\\.ts$|/testing/' },
  to: {
    path: '^(packages|lab|bench|simulation|fuzz|tools)/',
    pathNot: [from, ...allowed].map(path => `^packages/${path}/`),
  },
})

/** What is not deployed: whom it may know beside itself, tests included. */
const proves = (name, allowed) => ({
  name: `${name}-proves`,
  severity: 'error',
  from: { path: `^${name}/` },
  to: {
    path: '^(packages|lab|bench|simulation|fuzz|tools)/',
    pathNot: [name, ...allowed].map(path => `^${path}/`),
  },
})
const sides = ['packages/protocol', 'packages/rotation', 'packages/component', 'packages/backend']
const product = [...sides, 'packages/infra']

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    only('protocol-stands-alone', 'protocol', []),
    only('rotation-knows-the-protocol', 'rotation', ['protocol']),
    only('component-knows-the-device-half', 'component', ['protocol', 'rotation/src/device']),
    only('backend-knows-the-record-half', 'backend', ['protocol', 'rotation/src/record']),
    only('infra-deploys-the-backend', 'infra', ['protocol', 'rotation/src/record', 'backend']),
    only('local-cloud-is-an-independent-oracle', 'local-cloud', []),
    only('local-core-is-an-independent-oracle', 'local-core', []),
    proves('simulation', [...product, 'packages/local-cloud']),
    proves('fuzz', [...sides, 'packages/local-cloud']),
    proves('lab', [...product, 'packages/local-cloud', 'packages/local-core', 'simulation']),
    proves('bench', ['packages', 'lab']),
    {
      name: 'rules-are-pure',
      severity: 'error',
      from: { path: '^packages/rotation/src/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'device-calls-no-aws-client',
      severity: 'error',
      from: { path: '^packages/(component|rotation|protocol)/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: 'node_modules/(@aws-sdk|@aws-lambda-powertools|aws-crt)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json'],
    },
  },
}
