import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bindingTargets } from '@rotator/component/artifact/binding-targets'
import { pipelineContext } from '@rotator/infra/testing/synthesized-pipeline'
import { describe } from 'vitest'
import { thingGroupName } from '../whole/world.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { automationCommands } from './automation/automation-commands.ts'
import { test } from './automation/automation-test.ts'
import { buildspecs } from './automation/buildspecs.ts'
import { notRunHere } from './automation/not-run-here.ts'
import { runCommand } from './automation/run-command.ts'
import { workflow } from './automation/workflow.ts'

const commands = automationCommands()
const run = commands
  .filter(({ command }) => !(command in notRunHere))
  .map(({ command, by }) => ({ command, by: by.join(', ') }))
const ofRepository = (file: string) => readFileSync(join(repositoryRoot, file), 'utf8')
const scripts: Record<string, string> = JSON.parse(ofRepository('package.json')).scripts

/** Of an operator whose backend was version 1's. */
const backendSettings = `UpgradeFromV1=true; TriggerThingGroup=${thingGroupName}; TriggerAfterDays=365; TriggerSchedule=cron(0 3 ? * MON *)`

/** Installing all packages on a busy machine is what takes longest. */
const timeout = 15 * 60_000

describe('every command of the buildspecs and of the workflow succeeds on a clean checkout', () => {
  test.for(run)('$command ($by)', { timeout }, async ({ command }, { checkout, cloud, expect }) => {
    const ended = await runCommand(command, checkout, cloud.endpoints.http, {
      THING_GROUP_NAME: thingGroupName,
      BACKEND_SETTINGS: backendSettings,
    })
    expect(ended.exitCode, ended.output).toBe(0)
  })

  test('what the build projects hand on is there then', ({ checkout, expect }) => {
    const { BuildBackend, BuildComponent } = buildspecs()
    const inFolder = (folder: string | undefined) => readdirSync(join(checkout, folder ?? 'none'))
    const backend = inFolder(BuildBackend?.artifacts?.['base-directory'])
    expect(backend).toEqual(
      expect.arrayContaining([
        'manifest.json',
        'AWSLabsCertificateRotator.template.json',
        'AWSLabsCertificateRotatorPipeline.template.json',
        'sbom.cdx.json',
      ]),
    )
    const template = readFileSync(join(checkout, 'cdk.out/AWSLabsCertificateRotator.template.json'), 'utf8')
    expect(template).toContain('"AWSLabsCertificateRotatorV2"')
    expect(template).toContain('"cron(0 3 ? * MON *)"')
    expect(inFolder(BuildComponent?.artifacts?.['base-directory'])).toEqual(
      expect.arrayContaining(['recipe.yaml', 'certificate-rotator']),
    )
    expect(JSON.parse(readFileSync(join(checkout, 'cdk.out/sbom.cdx.json'), 'utf8'))).toMatchObject({
      bomFormat: 'CycloneDX',
      components: expect.arrayContaining([expect.objectContaining({ name: 'aws-cdk-lib' })]),
    })
  })
})

test('the CDK’s command line that deploys can read what was built', { timeout }, async ({
  checkout,
  cloud,
  expect,
}) => {
  const [tool] = commands.flatMap(({ command }) => /^npx --yes aws-cdk@\S+/u.exec(command) ?? [])
  const built = join(checkout, 'cdk.out')
  const ended = await runCommand(`${tool} ls --app .`, built, cloud.endpoints.http, {
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  })
  expect(ended).toEqual({
    exitCode: 0,
    output: expect.stringMatching(/^AWSLabsCertificateRotator\nAWSLabsCertificateRotatorPipeline$/mu),
  })
})

test('the page on the pipeline synthesizes one that has what it says', { timeout }, async ({
  checkout,
  cloud,
  expect,
}) => {
  const command = /npm run synth -- .*/u.exec(ofRepository('docs/how-to/pipeline.md'))?.[0] ?? 'false'
  const { ConnectionId, OwnerName, ThingGroupName, PcaCaId } = pipelineContext
  const said = {
    CONNECTION_ID: ConnectionId,
    OWNER_NAME: OwnerName,
    THING_GROUP_NAME: ThingGroupName,
    PCA_CA_ID: PcaCaId,
  }
  const ended = await runCommand(command, checkout, cloud.endpoints.http, said)
  expect(ended.exitCode, ended.output).toBe(0)
  const file = join(checkout, 'cdk.out-pipeline/AWSLabsCertificateRotatorPipeline.template.json')
  const template = readFileSync(file, 'utf8')
  for (const value of Object.values(pipelineContext)) expect(template).toContain(value)
  expect(Object.keys(JSON.parse(template).Parameters)).toEqual(['BootstrapVersion'])
})

describe('a command that fails', () => {
  test('is seen to, with what it wrote', async ({ checkout, cloud, expect }) => {
    const missing = 'aws iot describe-job-template --job-template-id NotDeployed'
    const { exitCode, output } = await runCommand(missing, checkout, cloud.endpoints.http, {})
    expect(exitCode).toBe(254)
    expect(output).toContain('ResourceNotFoundException')
    expect(await runCommand('false; true', checkout, cloud.endpoints.http, {})).toMatchObject({ exitCode: 1 })
  })
})

describe('a command that is not run', () => {
  const listed = Object.entries(notRunHere)

  test('is one of these, for these reasons', ({ expect, annotate }) => {
    for (const [command, reason] of listed) {
      void annotate(`${command}: ${'because' in reason ? reason.because : reason.kind}`)
    }
    expect(commands.map(({ command }) => command)).toEqual(
      expect.arrayContaining(listed.map(([command]) => command)),
    )
    expect(run.length + listed.length).toBe(commands.length)
  })

  test('is one of .ci/run where it is said to be', ({ expect }) => {
    const ofCi = listed.flatMap(([command, { kind }]) => (kind === 'run by .ci/run' ? [command] : []))
    expect(ofCi).toHaveLength(2)
    expect(ofRepository('.ci/run').split(/[\n;]/u)).toEqual(expect.arrayContaining(ofCi))
  })

  test('has no script yet where it is said to have none', ({ expect }) => {
    const missing = listed.flatMap(([, reason]) => (reason.kind === 'not there yet' ? [reason.script] : []))
    expect(missing.filter(script => script in scripts)).toEqual([])
  })
})

test('the pipeline installs the compilers that the component’s binding is made with', ({ expect }) => {
  const install = commands.find(({ command }) => command.startsWith('apt-get install'))?.command
  const packages = bindingTargets('x64').map(({ debianPackage }) => debianPackage)
  expect(install).toBe(`apt-get install -y --no-install-recommends ${packages.join(' ')}`)
})

test('the results of tests are written where the pipeline looks for them', ({ expect }) => {
  const reports = Object.values(buildspecs().BuildComponent?.reports ?? {})
  expect(reports).toHaveLength(1)
  for (const { 'base-directory': folder, files } of reports) {
    for (const file of files)
      expect(scripts.test).toContain(`--reporter=junit --outputFile.junit=${folder}/${file}`)
  }
})

describe('the workflow', () => {
  const jobs = Object.entries(workflow().jobs)

  test.for(jobs)(
    '%s runs actions by commits that cannot move, and leaves no token to its commands',
    ([, job], { expect }) => {
      const actions = job.steps.filter(step => 'uses' in step)
      expect(actions.length).toBeGreaterThan(0)
      for (const { uses, with: given } of actions) {
        expect(uses).toMatch(/^actions\/[\w-]+@[\da-f]{40}$/u)
        if (uses.startsWith('actions/checkout@')) expect(given).toEqual({ 'persist-credentials': false })
      }
    },
  )

  test.for(jobs)('%s puts nothing that a stranger writes into a command', ([, job], { expect }) => {
    for (const step of job.steps) if ('run' in step) expect(step.run).not.toContain('${{')
  })

  test('runs all that CI runs', ({ expect }) => {
    const all = jobs.flatMap(([, { steps }]) => steps.flatMap(step => ('run' in step ? [step.run] : [])))
    const ofCi = ofRepository('.ci/run').match(/^npm [\w: ]+/gmu) ?? []
    expect(ofCi.length).toBeGreaterThan(2)
    expect(all).toEqual(expect.arrayContaining(ofCi))
  })
})
