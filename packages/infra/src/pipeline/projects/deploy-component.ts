import { componentName } from '@rotator/protocol/names'
import type { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { withNode } from '../buildspec.ts'
import type { ProjectParts } from './project-parts.ts'

/** Publishes the component under a version of its own, and deploys it to the thing group beside what is there. */
export const deployComponent: ProjectParts = {
  word: 'DeployComponent',
  timeoutMinutes: 30,
  takes: ['Source', 'Component'],
  environment: { THING_GROUP_NAME: 'ThingGroupName' },
  buildspec: () => ({
    version: 0.2,
    phases: {
      install: { 'runtime-versions': withNode, commands: ['node tools/setup.mjs'] },
      build: {
        commands: [
          'npm run publish:component -- --artifacts "$CODEBUILD_SRC_DIR_Component" --build "$CODEBUILD_BUILD_NUMBER"',
          'npm run deploy:component -- --build "$CODEBUILD_BUILD_NUMBER" --thing-group "$THING_GROUP_NAME"',
        ],
      },
    },
  }),
  patternsBecause:
    'The objects of the pipeline and the streams of the log are named when it runs, as are deployments and their jobs; two calls of AWS IoT Greengrass know no resource.',
  permissions: (stack, { thingGroupName }) => [
    ...publishing(stack),
    new PolicyStatement({
      actions: ['greengrass:ListDeployments', 'greengrass:CreateDeployment'],
      // AWS knows no resource of these calls.
      resources: ['*'],
    }),
    new PolicyStatement({
      actions: ['greengrass:GetDeployment'],
      resources: [deploymentsOf(stack)],
    }),
    // AWS IoT Greengrass makes and watches the job of a deployment in the name of its caller.
    new PolicyStatement({
      actions: ['iot:DescribeThingGroup'],
      resources: [stack.formatArn({ service: 'iot', resource: 'thinggroup', resourceName: thingGroupName })],
    }),
    new PolicyStatement({
      actions: ['iot:CreateJob', 'iot:CancelJob', 'iot:DescribeJob'],
      resources: [
        stack.formatArn({ service: 'iot', resource: 'job', resourceName: '*' }),
        stack.formatArn({ service: 'iot', resource: 'thinggroup', resourceName: thingGroupName }),
      ],
    }),
  ],
}

export const deploymentsOf = (stack: Stack): string => `${greengrassOf(stack)}:deployments:*`

const greengrassOf = ({ partition, region, account }: Stack): string =>
  `arn:${partition}:greengrass:${region}:${account}`

/** The bucket has the name that the Greengrass Development Kit gave it for version 1. */
function publishing(stack: Stack): PolicyStatement[] {
  const bucket = `arn:${stack.partition}:s3:::greengrass-certificate-rotator-${stack.region}-${stack.account}`
  const component = `${greengrassOf(stack)}:components:${componentName}`
  return [
    new PolicyStatement({
      actions: ['s3:CreateBucket', 's3:GetBucketLocation', 's3:ListBucket'],
      resources: [bucket],
    }),
    new PolicyStatement({
      // AWS IoT Greengrass reads the artifact in the name of whoever makes the version.
      actions: ['s3:PutObject', 's3:GetObject'],
      resources: [`${bucket}/${componentName}/*`],
    }),
    new PolicyStatement({
      actions: ['greengrass:CreateComponentVersion', 'greengrass:DescribeComponent'],
      resources: [component, `${component}:versions:*`],
    }),
  ]
}
