import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { thingGroupName } from '../whole/world.ts'
import { accountId, region } from '../world/lab.ts'
import { repositoryRoot } from '../world/repository-root.ts'
import { runCommand } from './automation/run-command.ts'
import { test } from './outside-test.ts'

const cdk =
  'The command line of the CDK asks AWS CloudFormation, AWS STS and Amazon S3, which the local cloud does not imitate.'

const logs = 'There is no Amazon CloudWatch Logs.'

/** Why a block of commands is not run, by its first line. */
const notRunHere: Readonly<Record<string, string>> = {
  'export AWS_REGION=eu-west-1': 'The local cloud has no AWS STS to ask; the test gives both.',
  'npm run synth': cdk,
  'npm run synth -- -c UpgradeFromV1=true': cdk,
  'npx aws-cdk@2.1148.1 destroy --app cdk.out AWSLabsCertificateRotator': cdk,
  "aws logs describe-log-groups --log-group-name-prefix /aws/lambda/AWSLabsCertificateRotator --query 'logGroups[].logGroupName' --output text |":
    logs,
  'for function in RetireCertificate Sweep RotateAged RotateAudited RotateAnomalous; do': logs,
  'aws iam put-role-policy --role-name "$TOKEN_EXCHANGE_ROLE" --policy-name "CertificateRotatorArtifacts-$AWS_REGION" --policy-document \'{':
    'Roles of AWS IAM are made in the local cloud by templates alone.',
  'aws s3 mb "s3://$BUCKET"':
    'There is no Amazon S3, and roles of AWS IAM are made in the local cloud by templates alone.',
  'aws sns subscribe --protocol email --notification-endpoint operators@example.com --topic-arn "$topic" --attributes \\':
    'Topics of the local cloud have no filter policies, and say so.',
  'npm run build:artifacts &&': 'There is no Amazon S3 and no AWS IoT Greengrass to publish to.',
}

const pages = ['deploy', 'create-jobs', 'upgrade-from-v1', 'large-fleets']

const textOf = (page: string): string => readFileSync(join(repositoryRoot, `docs/how-to/${page}.md`), 'utf8')

/** Blocks of commands, as they are typed. */
const blocksOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^(?<indent> *)```sh\n(?<block>[\s\S]*?)^ *```$/gmu)].map(({ groups }) =>
    (groups?.['block'] ?? '').replaceAll(new RegExp(`^${groups?.['indent']}`, 'gmu'), '').trim(),
  )

const firstLine = (block: string): string => block.split('\n')[0] ?? ''

describe('the commands of the how-tos', () => {
  test.for(pages)(
    'aws cli: of %s work as they stand, one after the other',
    async (page, { world, expect }) => {
      const device = await world.newDevice()
      const folder = join(world.folder, `how-to-${page}`)
      mkdirSync(folder)
      const policy = /```json\n(?<json>\{[\s\S]*?"iot:Connect"[\s\S]*?)```/u.exec(textOf(page))?.groups?.[
        'json'
      ]
      if (policy !== undefined)
        writeFileSync(
          join(folder, 'device-policy.json'),
          policy.replaceAll('REGION', region).replaceAll('ACCOUNT', accountId),
        )
      const blocks = blocksOf(page).filter(block => notRunHere[firstLine(block)] === undefined)
      const script = blocks
        .map(block => block.replaceAll(/RotatingCoreDevice\b/gu, 'OfTheHowTo'))
        .map(block => block.replace('bash tools/', `bash ${repositoryRoot}tools/`))
        .join('\n')
      const { exitCode, output } = await runCommand(script, folder, world.cloud.endpoints.http, {
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        ACCOUNT_ID: accountId,
        THING_GROUP: thingGroupName,
        THING: device.thingName,
      })
      expect(exitCode, output).toBe(0)
    },
  )

  test('that are not run are still there, each with its reason', ({ expect }) => {
    const all = pages.flatMap(blocksOf).map(firstLine)
    expect(all.length).toBeGreaterThan(15)
    expect(Object.keys(notRunHere).filter(line => !all.includes(line))).toEqual([])
  })

  test('say where, or of which assembly: there is no cdk.json to read it from', ({ expect }) => {
    const commands = [...pages, 'pipeline', 'customise', 'trigger-rotations']
      .flatMap(blocksOf)
      .flatMap(block => block.split('\n'))
      .filter(line => line.includes('aws-cdk@'))
    expect(commands.length).toBeGreaterThan(7)
    for (const command of commands)
      expect(command).toMatch(
        / bootstrap "aws:\/\/\$ACCOUNT_ID\/\$AWS_REGION"$| --app cdk\.out(?:-pipeline)? /u,
      )
  })

  test('take the Node that is pinned, for both architectures', ({ expect }) => {
    const pinned = readFileSync(join(repositoryRoot, 'package.json'), 'utf8')
    const named = [...textOf('deploy').matchAll(/(?<name>node-linux-\w+)@(?<version>[\d.]+)/gu)]
    expect(new Set(named.map(({ groups }) => groups?.['name'])).size).toBe(2)
    for (const { groups } of named)
      expect(pinned).toContain(`"${groups?.['name']}": "${groups?.['version']}"`)
  })
})
