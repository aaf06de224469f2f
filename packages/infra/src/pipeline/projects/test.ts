import { jobTemplateId, resourceWords } from '@rotator/protocol/names'
import { ArnFormat, type Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { nameOf } from '../../names.ts'
import { withNode } from '../buildspec.ts'
import { deploymentsOf } from './deploy-component.ts'
import type { ProjectParts } from './project-parts.ts'

/** Rotates real core devices through every choice of algorithms and authorities, and through failures. */
export const test: ProjectParts = {
  word: 'Test',
  timeoutMinutes: 120,
  report: 'IntegrationTestsReport',
  environment: { THING_GROUP_NAME: 'ThingGroupName', PCA_CA_ID: 'PcaCaId' },
  takes: ['Source'],
  gives: 'Results',
  buildspec: reportArn => ({
    version: 0.2,
    phases: {
      install: { 'runtime-versions': withNode, commands: ['node tools/setup.mjs'] },
      pre_build: { commands: ['aws iot describe-thing-group --thing-group-name "$THING_GROUP_NAME"'] },
      build: { commands: ['npm run test:integration'] },
    },
    reports: {
      [reportArn]: {
        'base-directory': 'reports',
        files: ['integration.junit.xml'],
        'file-format': 'JUNITXML',
      },
    },
    artifacts: { 'base-directory': 'reports', files: ['**/*'] },
  }),
  patternsBecause:
    'The objects of the pipeline and the streams of the log are named when it runs, as are deployments, jobs and certificates; some calls know no resource.',
  permissions: (stack, { pcaCaId, thingGroupName }) => [
    ...rotating(stack, thingGroupName),
    ...configuring(stack, thingGroupName),
    ...breaking(stack),
    new PolicyStatement({
      actions: ['acm-pca:DescribeCertificateAuthority'],
      resources: [
        stack.formatArn({ service: 'acm-pca', resource: 'certificate-authority', resourceName: pcaCaId }),
      ],
    }),
  ],
}

const iot = (stack: Stack, resource: string, resourceName: string): string =>
  stack.formatArn({ service: 'iot', resource, resourceName })

/** To order rotations of the group, to follow them, and to look at what they left. */
const rotating = (stack: Stack, thingGroupName: string): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['iot:CreateJob'],
    resources: [
      iot(stack, 'job', `${jobTemplateId}-*`),
      iot(stack, 'jobtemplate', jobTemplateId),
      iot(stack, 'thinggroup', thingGroupName),
    ],
  }),
  new PolicyStatement({
    actions: ['iot:ListJobExecutionsForJob'],
    resources: [iot(stack, 'job', `${jobTemplateId}-*`)],
  }),
  new PolicyStatement({
    actions: ['iot:DescribeThingGroup', 'iot:ListThingsInThingGroup'],
    resources: [iot(stack, 'thinggroup', thingGroupName)],
  }),
  new PolicyStatement({
    // AWS IoT asks for this call at no resource.
    actions: ['iot:ListThingPrincipals'],
    resources: ['*'],
  }),
  new PolicyStatement({
    actions: ['iot:DescribeCertificate'],
    resources: [iot(stack, 'cert', '*')],
  }),
]

/** To give the group other algorithms by a deployment, and to take devices out of it that do not have them. */
const configuring = (stack: Stack, thingGroupName: string): PolicyStatement[] => [
  new PolicyStatement({
    // AWS knows no resource of these calls.
    actions: ['greengrass:ListDeployments', 'greengrass:CreateDeployment'],
    resources: ['*'],
  }),
  new PolicyStatement({ actions: ['greengrass:GetDeployment'], resources: [deploymentsOf(stack)] }),
  new PolicyStatement({
    // A deployment is a job whose name AWS IoT Greengrass chooses; rotations are followed and cancelled by the same rights.
    actions: ['iot:CreateJob', 'iot:CancelJob', 'iot:DescribeJob'],
    resources: [iot(stack, 'job', '*'), iot(stack, 'thinggroup', thingGroupName)],
  }),
  new PolicyStatement({
    actions: ['iot:AddThingToThingGroup', 'iot:RemoveThingFromThingGroup'],
    resources: [iot(stack, 'thinggroup', thingGroupName), iot(stack, 'thing', '*')],
  }),
]

/** To take the authority of the create function away or change it, to silence rules, and to refuse a new certificate. */
const breaking = (stack: Stack): PolicyStatement[] => [
  new PolicyStatement({
    actions: ['lambda:GetFunctionConfiguration', 'lambda:UpdateFunctionConfiguration'],
    resources: [
      stack.formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: nameOf(resourceWords.create),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    ],
  }),
  new PolicyStatement({
    actions: ['iot:DisableTopicRule', 'iot:EnableTopicRule'],
    resources: [resourceWords.create, resourceWords.commit].map(word => iot(stack, 'rule', nameOf(word))),
  }),
  new PolicyStatement({ actions: ['iot:GetThingShadow'], resources: [iot(stack, 'thing', '*')] }),
  new PolicyStatement({ actions: ['iot:UpdateCertificate'], resources: [iot(stack, 'cert', '*')] }),
]
