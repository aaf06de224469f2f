import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { CfnProject, CfnReportGroup } from 'aws-cdk-lib/aws-codebuild'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { acceptWildcards } from '../accept-wildcards.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { PipelineChoices } from './pipeline-choices.ts'
import { pipelineName, pipelineNameOf } from './pipeline-names.ts'
import type { ProjectParts } from './projects/project-parts.ts'

/** The Ubuntu image of AWS CodeBuild that all projects run in. */
const image = 'aws/codebuild/standard:7.0'

export interface BuildProjectProps {
  parts: ProjectParts
  store: ArtifactStore
  choices: PipelineChoices
}

/** A project of AWS CodeBuild, its log, its report group, and a role for what it does and no more. */
export class BuildProject extends Construct {
  readonly projectName: string
  readonly projectArn: string
  readonly parts: ProjectParts

  constructor(scope: Construct, { parts, store, choices }: BuildProjectProps) {
    super(scope, parts.word)
    const stack = Stack.of(this)
    const name = pipelineNameOf(parts.word)
    const log = new LogGroup(this, 'Log', {
      logGroupName: logGroupNameOf(parts.word),
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const reportArn = parts.report === undefined ? '' : this.#reportGroup(`${name}-${parts.report}`, store)
    const chosen = {
      pcaCaId: choices.choiceOf('PcaCaId'),
      thingGroupName: choices.choiceOf('ThingGroupName'),
    }
    const own = [
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`${logGroupArn(stack, parts.word)}:*`],
      }),
      store.finding,
      store.reading,
      ...(parts.gives === undefined ? [] : [store.writing]),
      ...(reportArn === '' ? [] : [reporting(reportArn)]),
    ]
    const calls = parts.permissions(stack, chosen)
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codebuild.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      inlinePolicies: {
        project: new PolicyDocument({ statements: own }),
        ...(calls.length > 0 && { calls: new PolicyDocument({ statements: calls }) }),
      },
    })
    acceptWildcards(role, [...own, ...calls], parts.patternsBecause)
    const project = new CfnProject(this, 'Project', {
      name,
      serviceRole: role.roleArn,
      artifacts: { type: 'CODEPIPELINE' },
      source: { type: 'CODEPIPELINE', buildSpec: stack.toJsonString(parts.buildspec(reportArn)) },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: 'BUILD_GENERAL1_MEDIUM',
        image,
        environmentVariables: Object.entries(parts.environment ?? {}).map(([variable, choice]) => ({
          name: variable,
          value: choices.choiceOf(choice),
        })),
      },
      encryptionKey: stack.formatArn({ service: 'kms', resource: 'alias/aws', resourceName: 's3' }),
      timeoutInMinutes: parts.timeoutMinutes,
      logsConfig: { cloudWatchLogs: { status: 'ENABLED', groupName: log.logGroupName } },
    })
    this.projectName = project.ref
    this.projectArn = stack.formatArn({ service: 'codebuild', resource: 'project', resourceName: name })
    this.parts = parts
  }

  /** @returns its ARN */
  #reportGroup(name: string, store: ArtifactStore): string {
    return new CfnReportGroup(this, 'Report', {
      name,
      type: 'TEST',
      deleteReports: true,
      exportConfig: {
        exportConfigType: 'S3',
        s3Destination: { bucket: store.bucketName, path: 'reports', packaging: 'NONE' },
      },
    }).attrArn
  }
}

/** Not what AWS CodeBuild makes by itself: that of version 1's project is there still, and cannot be made again. */
const logGroupNameOf = (word: string): string => `/aws/codebuild/${pipelineName}/${word}`

const logGroupArn = (stack: Stack, word: string): string =>
  stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroupNameOf(word),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })

const reporting = (reportArn: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['codebuild:CreateReport', 'codebuild:UpdateReport', 'codebuild:BatchPutTestCases'],
    resources: [reportArn],
  })
