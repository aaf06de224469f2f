/** Why a command is not run by the test of the commands. */
export type NotRunHere =
  /** The repository's own CI runs it, before, after or around the test of the commands. */
  | { kind: 'run by .ci/run' }
  /** What it asks for is not in this repository yet: the name of its npm script. */
  | { kind: 'not there yet'; script: string }
  | { kind: 'cannot run here'; because: string }

const asksServices =
  'it asks services of npm and of Sigstore that not every network reaches, and what they say changes while the code stays the same'
const changesMachine = 'it changes the machine; the same packages were installed before these tests'

/** Each by its command, letter for letter. Whatever is not here is run. */
export const notRunHere: Readonly<Record<string, NotRunHere>> = {
  'npm test': { kind: 'run by .ci/run' },
  'npm run test:outside': { kind: 'run by .ci/run' },
  'npm audit --audit-level=moderate': { kind: 'cannot run here', because: asksServices },
  'npm audit signatures': { kind: 'cannot run here', because: asksServices },
  'apt-get update': { kind: 'cannot run here', because: changesMachine },
  'apt-get install -y --no-install-recommends g++ g++-aarch64-linux-gnu': {
    kind: 'cannot run here',
    because: changesMachine,
  },
  'npx --yes aws-cdk@2.1148.1 deploy --import-existing-resources --app . --require-approval never AWSLabsCertificateRotator':
    {
      kind: 'cannot run here',
      because:
        'the command line of the CDK asks AWS CloudFormation, AWS STS and Amazon S3, which the local cloud does not imitate: it reads the assembly itself',
    },
  'npm run publish:component -- --artifacts "$CODEBUILD_SRC_DIR_Component" --build "$CODEBUILD_BUILD_NUMBER"':
    { kind: 'not there yet', script: 'publish:component' },
  'npm run deploy:component -- --build "$CODEBUILD_BUILD_NUMBER" --thing-group "$THING_GROUP_NAME"': {
    kind: 'not there yet',
    script: 'deploy:component',
  },
  'npm run test:integration': { kind: 'not there yet', script: 'test:integration' },
}
