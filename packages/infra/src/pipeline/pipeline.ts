import { Stack } from 'aws-cdk-lib'
import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import { acceptWildcards } from '../accept-wildcards.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { BuildProject } from './build-project.ts'
import type { PipelineChoices } from './pipeline-choices.ts'
import { pipelineName } from './pipeline-names.ts'
import type { ArtifactName } from './projects/project-parts.ts'

export interface PipelineProps {
  store: ArtifactStore
  choices: PipelineChoices
  /** In their order; the projects of a stage run side by side. */
  stages: readonly { name: string; projects: readonly BuildProject[] }[]
}

/** What runs whenever the branch changes. A newer change overtakes one that waits for a stage. */
export class Pipeline extends Construct {
  constructor(scope: Construct, id: string, { store, choices, stages }: PipelineProps) {
    super(scope, id)
    const stack = Stack.of(this)
    const connectionArn = stack.formatArn({
      service: choices.choiceOf('ConnectionService'),
      resource: 'connection',
      resourceName: choices.choiceOf('ConnectionId'),
    })
    const projects = stages.flatMap(stage => stage.projects.map(({ projectArn }) => projectArn))
    const calls = [
      store.finding,
      store.reading,
      store.writing,
      ...store.owning,
      new PolicyStatement({
        actions: ['codebuild:StartBuild', 'codebuild:BatchGetBuilds'],
        resources: projects,
      }),
      // The service was renamed, and its calls go by either name.
      new PolicyStatement({
        actions: ['codestar-connections:UseConnection', 'codeconnections:UseConnection'],
        resources: [connectionArn],
      }),
    ]
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('codepipeline.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
      }),
      inlinePolicies: {
        calls: new PolicyDocument({ statements: calls }),
      },
    })
    acceptWildcards(role, calls, 'The objects that stages hand on are named when it runs.')
    new CfnPipeline(this, 'Pipeline', {
      name: pipelineName,
      pipelineType: 'V2',
      executionMode: 'SUPERSEDED',
      roleArn: role.roleArn,
      artifactStore: { type: 'S3', location: store.bucketName },
      stages: [
        { name: 'Source', actions: [sourceAction(connectionArn, choices)] },
        ...stages.map(stage => ({ name: stage.name, actions: stage.projects.map(buildAction) })),
      ],
    })
  }
}

const sourceAction = (
  connectionArn: string,
  choices: PipelineChoices,
): CfnPipeline.ActionDeclarationProperty => ({
  name: 'Source',
  actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
  configuration: {
    ConnectionArn: connectionArn,
    FullRepositoryId: `${choices.choiceOf('OwnerName')}/${choices.choiceOf('RepositoryName')}`,
    BranchName: choices.choiceOf('BranchName'),
    DetectChanges: true,
  },
  outputArtifacts: [{ name: 'Source' satisfies ArtifactName }],
})

const buildAction = ({ projectName, parts }: BuildProject): CfnPipeline.ActionDeclarationProperty => ({
  name: parts.word,
  actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
  configuration: {
    ProjectName: projectName,
    ...(parts.takes.length > 1 && { PrimarySource: parts.takes[0] }),
  },
  inputArtifacts: parts.takes.map(name => ({ name })),
  ...(parts.gives !== undefined && { outputArtifacts: [{ name: parts.gives }] }),
})
