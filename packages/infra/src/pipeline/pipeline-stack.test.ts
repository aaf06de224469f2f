import { readFileSync } from 'node:fs'
import { Match } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { roleOf } from '../testing/role-of.ts'
import { rightsOf } from '../testing/role-rights.ts'
import { pipelineContext, synthesizedPipeline } from '../testing/synthesized-pipeline.ts'
import { phaseNames } from './buildspec.ts'
import { pipelineChoices } from './pipeline-settings.ts'

const { template, objections } = synthesizedPipeline(pipelineContext, { validate: true })
const name = (word: string) => `AWSLabsCertificateRotatorPipeline${word}`

interface Statement {
  Effect: string
  Action: string | string[]
  Resource: unknown
  Condition?: object
}

interface Documented {
  PolicyDocument: { Statement: Statement[] }
}

const allowedTo = (project: string) =>
  rightsOf(template, roleOf(template, 'AWS::CodeBuild::Project', { Name: name(project) }))

/** Of an operation as the AWS CLI writes it. */
const actionOf = (operation: string): string =>
  operation.replace(/(?:^|-)([a-z])/gu, (_, letter: string) => letter.toUpperCase())

interface Action {
  Name: string
  ActionTypeId: { Provider: string }
  InputArtifacts?: { Name: string }[]
  OutputArtifacts?: { Name: string }[]
}

function stages(): { Name: string; Actions: Action[] }[] {
  const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'))
  return pipeline?.Properties.Stages
}

test('CloudFormation’s own validation has nothing against the template', () => {
  expect(objections).toEqual([])
})

test('no partition, account or region stands in the template', () => {
  const text = JSON.stringify(template.toJSON())
  expect(text).toContain('arn:')
  expect(text).not.toMatch(/arn:aws|amazonaws\.com\.cn|\b(?:us|eu|ap|cn)-[a-z]+-\d|:\d{12}:/u)
})

describe('names that version 1 and its users know', () => {
  test.each([
    ['AWS::CodePipeline::Pipeline', { Name: name(''), PipelineType: 'V2' }],
    ['AWS::CodeBuild::Project', { Name: name('BuildBackend') }],
    ['AWS::CodeBuild::Project', { Name: name('BuildComponent') }],
    ['AWS::CodeBuild::Project', { Name: name('Test'), TimeoutInMinutes: 120 }],
    ['AWS::CodeBuild::ReportGroup', { Name: name('BuildComponent-UnitTestsReport'), Type: 'TEST' }],
    ['AWS::CodeBuild::ReportGroup', { Name: name('Test-IntegrationTestsReport'), Type: 'TEST' }],
    ['AWS::SNS::Topic', { TopicName: name('Notification') }],
    ['AWS::KMS::Alias', { AliasName: `alias/${name('/sns')}` }],
  ])('%s %j', (type, properties) => {
    template.hasResourceProperties(type, properties)
  })

  test('the bucket', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: {
        'Fn::Join': [
          '',
          ['awslabscertificaterotatorpipeline-', { Ref: 'AWS::AccountId' }, '-', { Ref: 'AWS::Region' }],
        ],
      },
    })
  })
})

test('the page on the pipeline removes first whatever outlives a stack with these names', () => {
  const page = readFileSync(new URL('../../../../docs/how-to/pipeline.md', import.meta.url), 'utf8')
  const before = page.slice(page.indexOf('\n## Before'), page.indexOf('\n## Set it up'))
  const resources = Object.values<{ Type: string; DeletionPolicy?: string }>(template.toJSON().Resources)
  const retained = resources.filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain')
  expect(retained.map(({ Type }) => Type)).toEqual(['AWS::S3::Bucket'])
  expect(before).toContain(
    'aws s3 rb --force "s3://awslabscertificaterotatorpipeline-$ACCOUNT_ID-$AWS_REGION"',
  )
  // Version 1's belong to its stack, which cannot be deleted while they have reports.
  expect(before.indexOf('delete-report-group')).toBeLessThan(before.indexOf('delete-stack'))
  expect(before.indexOf('export ACCOUNT_ID')).toBeLessThan(before.indexOf('$ACCOUNT_ID'))
  expect(before.indexOf('export AWS_REGION')).toBeLessThan(before.indexOf('$AWS_REGION'))
  for (const { Properties } of Object.values(template.findResources('AWS::CodeBuild::ReportGroup'))) {
    expect(before).toContain(Properties.Name.replace(name(''), ''))
  }
})

describe('the stages', () => {
  test('deploy nothing before everything is built and tested, and test what was deployed', () => {
    expect(stages().map(stage => [stage.Name, stage.Actions.map(action => action.Name)])).toEqual([
      ['Source', ['Source']],
      ['Build', ['BuildBackend', 'BuildComponent']],
      ['Deploy', ['DeployBackend', 'DeployComponent']],
      ['Test', ['Test']],
    ])
  })

  test('take only what an earlier one made', () => {
    const made: string[] = []
    for (const { Actions } of stages()) {
      const taken = Actions.flatMap(({ InputArtifacts = [] }) =>
        InputArtifacts.map(artifact => artifact.Name),
      )
      expect(made).toEqual(expect.arrayContaining(taken))
      made.push(
        ...Actions.flatMap(({ OutputArtifacts = [] }) => OutputArtifacts.map(artifact => artifact.Name)),
      )
    }
    expect(made).toEqual(['Source', 'Backend', 'Component', 'Results'])
  })

  test.each(['codestar-connections', 'codeconnections'])(
    'begin with the branch, by the connection that was made as one of %s',
    ConnectionService => {
      const made = synthesizedPipeline({ ...pipelineContext, ConnectionService }).template
      const connectionArn = {
        'Fn::Join': [
          '',
          Match.arrayWith([`:${ConnectionService}:`, `:connection/${pipelineContext.ConnectionId}`]),
        ],
      }
      made.hasResourceProperties('AWS::CodePipeline::Pipeline', {
        Stages: Match.arrayWith([
          Match.objectLike({
            Actions: [
              Match.objectLike({
                ActionTypeId: { Provider: 'CodeStarSourceConnection' },
                Configuration: {
                  ConnectionArn: connectionArn,
                  FullRepositoryId: 'a-group/its-subgroup/aws-greengrass-labs-certificate-rotator',
                  BranchName: 'main',
                },
              }),
            ],
          }),
        ]),
      })
      const Action = ['codestar-connections:UseConnection', 'codeconnections:UseConnection']
      const Statement = Match.arrayWith([Match.objectLike({ Action, Resource: connectionArn })])
      const Policies = [Match.objectLike({ PolicyDocument: Match.objectLike({ Statement }) })]
      const users = made.findResources('AWS::IAM::Role', { Properties: Match.objectLike({ Policies }) })
      expect(Object.keys(users)).toHaveLength(1)
    },
  )

  test('start in the first of their artifacts', () => {
    template.hasResourceProperties('AWS::CodePipeline::Pipeline', {
      Stages: Match.arrayWith([
        Match.objectLike({
          Actions: Match.arrayWith([
            Match.objectLike({
              Name: 'DeployComponent',
              Configuration: { PrimarySource: 'Source' },
              InputArtifacts: [{ Name: 'Source' }, { Name: 'Component' }],
            }),
          ]),
        }),
      ]),
    })
  })
})

describe('the projects', () => {
  const projects = Object.values(template.findResources('AWS::CodeBuild::Project'))

  test('run in one image, without privileges, and encrypt what they hand on', () => {
    for (const { Properties } of projects) {
      expect(Properties.Environment).toMatchObject({
        Type: 'LINUX_CONTAINER',
        Image: 'aws/codebuild/standard:7.0',
      })
      expect(Properties.Environment).not.toHaveProperty('PrivilegedMode')
      expect(JSON.stringify(Properties.EncryptionKey)).toContain(':alias/aws/s3')
    }
  })

  test('build the backend with the settings that the pipeline was given', () => {
    const BackendSettings = 'UpgradeFromV1=true; TriggerThingGroup=cores; TriggerAfterDays=365'
    const given = synthesizedPipeline({ ...pipelineContext, BackendSettings }).template
    const [project] = Object.values(
      given.findResources('AWS::CodeBuild::Project', { Properties: { Name: name('BuildBackend') } }),
    )
    expect(project?.Properties.Environment.EnvironmentVariables).toEqual([
      { Name: 'BACKEND_SETTINGS', Value: BackendSettings },
    ])
    expect(JSON.parse(project?.Properties.Source.BuildSpec).phases.build.commands).toContain(
      'npm run synth -- --settings "$BACKEND_SETTINGS"',
    )
  })

  test('log to groups that no project of version 1 has left behind', () => {
    const groups = template.findResources('AWS::Logs::LogGroup')
    for (const { Properties } of projects) {
      const { Ref: group } = Properties.LogsConfig.CloudWatchLogs.GroupName
      const word = Properties.Name.replace(name(''), '')
      expect(groups[group]?.Properties.LogGroupName).toBe(`/aws/codebuild/${name('')}/${word}`)
    }
    const made = Object.values(groups).map(({ Properties }) => Properties.LogGroupName)
    expect(made).not.toContain(`/aws/codebuild/${name('BuildBackend')}`)
  })

  test('know what their commands ask for', () => {
    template.hasResourceProperties('AWS::CodeBuild::Project', {
      Name: name('Test'),
      Environment: {
        EnvironmentVariables: [
          { Name: 'THING_GROUP_NAME', Value: 'TestCores' },
          { Name: 'PCA_CA_ID', Value: pipelineContext.PcaCaId },
        ],
      },
    })
  })

  test('have no phase that runs after a failed one', () => {
    for (const { Properties } of projects) {
      const buildspec = JSON.stringify(Properties.Source.BuildSpec)
      expect(buildspec).toContain('phases')
      const others = ['post_build', 'finally', 'on-failure'].filter(word => buildspec.includes(word))
      expect(others).toEqual([])
    }
    expect(phaseNames.at(-1)).toBe('build')
  })

  test('give results of tests to report groups by ARN, so that none is made beside them', () => {
    for (const word of ['BuildComponent', 'Test']) {
      template.hasResourceProperties('AWS::CodeBuild::Project', {
        Name: name(word),
        Source: {
          BuildSpec: {
            'Fn::Join': [
              '',
              Match.arrayWith([{ 'Fn::GetAtt': [Match.stringLikeRegexp(`${word}Report`), 'Arn'] }]),
            ],
          },
        },
      })
    }
  })
})

describe('the roles', () => {
  test('of what builds and runs unit tests may change nothing but the pipeline’s own', () => {
    const own = [
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      's3:GetBucketLocation',
      's3:GetBucketVersioning',
      's3:GetObject',
      's3:GetObjectVersion',
      's3:PutObject',
    ]
    const reports = ['codebuild:CreateReport', 'codebuild:UpdateReport', 'codebuild:BatchPutTestCases']
    expect(Object.keys(allowedTo('BuildBackend'))).toEqual(own)
    expect(Object.keys(allowedTo('BuildComponent'))).toEqual([...own, ...reports])
  })

  test('of the backend’s deployment becomes those of cdk bootstrap, and reads one job template', () => {
    const {
      'sts:AssumeRole': roles,
      'iot:DescribeJobTemplate': jobTemplate,
      ...others
    } = allowedTo('DeployBackend')
    expect(Object.keys(others).filter(action => !/^(?:logs|s3):/u.test(action))).toEqual([])
    expect(JSON.stringify(roles).match(/cdk-hnb659fds-[a-z-]+-role/gu)).toEqual([
      'cdk-hnb659fds-deploy-role',
      'cdk-hnb659fds-file-publishing-role',
      'cdk-hnb659fds-lookup-role',
    ])
    expect(JSON.stringify(jobTemplate)).toContain(':jobtemplate/AWSLabsCertificateRotator"')
    expect(others).not.toHaveProperty('s3:PutObject')
  })

  test('may do what their commands ask the AWS CLI for', () => {
    const asked = Object.values(template.findResources('AWS::CodeBuild::Project')).flatMap(({ Properties }) =>
      [...JSON.stringify(Properties.Source.BuildSpec).matchAll(/\baws (\w+) ([a-z-]+)/gu)].map(
        ([, service, operation = '']) => [Properties.Name, `${service}:${actionOf(operation)}`] as const,
      ),
    )
    expect(asked.map(([, action]) => action)).toEqual(['iot:DescribeJobTemplate', 'iot:DescribeThingGroup'])
    for (const [project, action] of asked) {
      expect(allowedTo(project.replace(name(''), ''))).toHaveProperty([action])
    }
  })

  test('name every action', () => {
    const actions = Object.values(template.findResources('AWS::IAM::Role')).flatMap(role =>
      (role.Properties.Policies as Documented[]).flatMap(({ PolicyDocument }) =>
        PolicyDocument.Statement.flatMap(({ Action }) => Action),
      ),
    )
    expect(actions.length).toBeGreaterThan(50)
    expect(actions.filter(action => action.includes('*'))).toEqual([])
  })

  test('serve this account alone', () => {
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
        expect.objectContaining({
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }),
      ])
    }
  })
})

test('the bucket is private, encrypted, reached by TLS alone, and logs who reaches it', () => {
  template.hasResourceProperties('AWS::S3::Bucket', {
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    PublicAccessBlockConfiguration: Match.objectLike({
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    }),
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    LoggingConfiguration: { LogFilePrefix: 'access-logs/' },
  })
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      ]),
    },
  })
})

test('each run that ends is told of, on a topic that only Amazon EventBridge and the account use', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.codepipeline'],
      detail: { pipeline: [name('')], state: ['SUCCEEDED', 'FAILED'] },
    },
    Targets: [
      Match.objectLike({
        InputTransformer: {
          InputPathsMap: Match.objectLike({ 'detail-state': '$.detail.state', account: '$.account' }),
        },
      }),
    ],
  })
  template.hasResourceProperties('AWS::KMS::Key', {
    EnableKeyRotation: true,
    PendingWindowInDays: 7,
    KeyPolicy: {
      Statement: [
        Match.objectLike({ Action: 'kms:*', Principal: { AWS: Match.anyValue() } }),
        Match.objectLike({ Principal: { Service: 'events.amazonaws.com' } }),
      ],
    },
  })
})

test('what the context does not say, CloudFormation asks for, and refuses what the context would', () => {
  const parameters = synthesizedPipeline({}).template.toJSON().Parameters as Record<string, object>
  const asked = ['ConnectionId', 'OwnerName', 'ThingGroupName', 'PcaCaId'] as const
  for (const choice of asked) {
    expect(parameters[choice]).toMatchObject({
      Type: 'String',
      AllowedPattern: pipelineChoices[choice].pattern.source,
    })
    expect(parameters[choice]).not.toHaveProperty('Default')
  }
  expect(parameters['BackendSettings']).toMatchObject({
    Default: '',
    AllowedPattern: pipelineChoices.BackendSettings.pattern.source,
  })
  expect(
    Object.keys(parameters)
      .filter(key => key !== 'BootstrapVersion')
      .toSorted(),
  ).toEqual([...asked, 'BackendSettings'].toSorted())
  expect(Object.keys(template.toJSON().Parameters ?? {})).toEqual(['BootstrapVersion'])
})
