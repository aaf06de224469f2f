import { jobTemplateId, stackName } from '@rotator/protocol/names'
import type { Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { withNode } from '../buildspec.ts'
import type { ProjectParts } from './project-parts.ts'

/** The version that the assembly was tested with; the assembly's own version says which ones can read it. */
const cdk = 'npx --yes aws-cdk@2.1148.1'

/** Deploys the assembly that {@link buildBackend} made, and asks AWS whether it is there. */
export const deployBackend: ProjectParts = {
  word: 'DeployBackend',
  timeoutMinutes: 30,
  takes: ['Backend'],
  buildspec: () => ({
    version: 0.2,
    phases: {
      install: { 'runtime-versions': withNode },
      build: {
        commands: [
          // Log groups that an earlier deployment left behind are taken back: their names are fixed.
          `${cdk} deploy --import-existing-resources --app . --require-approval never ${stackName}`,
          `aws iot describe-job-template --job-template-id ${jobTemplateId}`,
        ],
      },
    },
  }),
  patternsBecause: 'The objects of the pipeline and the streams of the log are named when it runs.',
  permissions: stack => [
    new PolicyStatement({ actions: ['sts:AssumeRole'], resources: bootstrapRoles(stack) }),
    new PolicyStatement({
      actions: ['iot:DescribeJobTemplate'],
      resources: [stack.formatArn({ service: 'iot', resource: 'jobtemplate', resourceName: jobTemplateId })],
    }),
  ],
}

/** The roles that `cdk bootstrap` makes for a deployment, by its qualifier unless told otherwise. */
const bootstrapRoles = (stack: Stack): string[] =>
  ['deploy', 'file-publishing', 'lookup'].map(word =>
    stack.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `cdk-hnb659fds-${word}-role-${stack.account}-${stack.region}`,
    }),
  )
