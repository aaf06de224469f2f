import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Artifact, Pipeline } from 'aws-cdk-lib/aws-codepipeline'
import { CodeStarConnectionsSourceAction, ManualApprovalAction } from 'aws-cdk-lib/aws-codepipeline-actions'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { describe, expect, test } from 'vitest'
import { roleOf } from '../testing/role-of.ts'
import { rightsOf } from '../testing/role-rights.ts'
import { pipelineContext, synthesizedPipeline } from '../testing/synthesized-pipeline.ts'

const { template } = synthesizedPipeline(pipelineContext)
const ours = rightsOf(template, roleOf(template, 'AWS::CodePipeline::Pipeline', {}))

/** What CDK's own source action grants to the role that it is given; some of it are patterns. */
function grantedByCdk(): string[] {
  const stack = new Stack(new App({ analyticsReporting: false }), 'OfCdk')
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('codepipeline.amazonaws.com') })
  const source = new CodeStarConnectionsSourceAction({
    actionName: 'Source',
    role,
    connectionArn: 'arn:aws:codestar-connections:eu-west-1:123456789012:connection/1',
    owner: 'owner',
    repo: 'repository',
    output: new Artifact(),
  })
  new Pipeline(stack, 'Pipeline', {
    artifactBucket: Bucket.fromBucketName(stack, 'Bucket', 'of-cdk'),
    stages: [
      { stageName: 'Source', actions: [source] },
      { stageName: 'Build', actions: [new ManualApprovalAction({ actionName: 'Build' })] },
    ],
  })
  const [roleId] = stack.resolve(role.roleArn)['Fn::GetAtt']
  return Object.keys(rightsOf(Template.fromStack(stack), roleId))
}

const covers = (pattern: string, action: string): boolean =>
  pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action

describe('the role that takes the source', () => {
  const theirs = grantedByCdk()

  test('may do what CDK’s own source action grants, but for what it grants to whoever writes into a bucket', () => {
    const lacking = theirs.filter(pattern => !Object.keys(ours).some(action => covers(pattern, action)))
    expect(lacking.toSorted()).toEqual([
      // It uploads a file in one piece, under a name of its own, and neither lists nor removes any.
      's3:Abort*',
      's3:DeleteObject*',
      's3:List*',
      's3:PutObjectLegalHold',
      's3:PutObjectRetention',
      's3:PutObjectTagging',
      's3:PutObjectVersionAcl',
      's3:PutObjectVersionTagging',
    ])
  })

  test('may do nothing besides but start builds, and use a connection under the service’s other name', () => {
    const besides = Object.keys(ours).filter(action => !theirs.some(pattern => covers(pattern, action)))
    expect(besides).toEqual([
      'codebuild:StartBuild',
      'codebuild:BatchGetBuilds',
      'codeconnections:UseConnection',
    ])
  })

  test('says of objects alone that the owner of the bucket has them', () => {
    expect(JSON.stringify(ours['s3:PutObjectAcl'])).toMatch(/\/\*"\]\]\}$/u)
    expect(ours['s3:PutObjectAcl']).toEqual(ours['s3:PutObject'])
    expect(ours['s3:GetBucketAcl']).toEqual(ours['s3:GetBucketLocation'])
  })
})
