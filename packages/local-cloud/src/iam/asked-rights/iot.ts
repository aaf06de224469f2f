import type { ObservedCall } from '../../api/call-hooks.ts'
import { field, type ResourceForm } from './resource-forms.ts'

const target = (call: ObservedCall): readonly string[] => [field(call, 'target')]
const principal = ({ headers }: ObservedCall): readonly string[] => [
  String(headers['x-amzn-iot-principal'] ?? headers['x-amzn-principal'] ?? ''),
]
const targets = ({ input }: ObservedCall): readonly string[] =>
  Array.isArray(input['targets']) ? input['targets'].map(String) : []
const template = (call: ObservedCall): readonly string[] => {
  const arn = field(call, 'jobTemplateArn')
  return arn === '' ? [] : [arn]
}

const profileTarget = (call: ObservedCall): readonly string[] => [field(call, 'securityProfileTargetArn')]

const job = ['job/{jobId}']
const thing = ['thing/{thingName}']
const execution = [...job, ...thing]
const thingGroup = ['thinggroup/{thingGroupName}']
const membership = [...thingGroup, ...thing]
const certificate = ['cert/{certificateId}']
const policy = ['policy/{policyName}']
const rule = ['rule/{ruleName}']
const jobTemplate = ['jobtemplate/{jobTemplateId}']
const roleAlias = ['rolealias/{roleAlias}']
const anything: ResourceForm[] = []

/**
 * The resources of each operation of AWS IoT's control plane; its action is called like the operation. None: the action
 * knows no resource, and is allowed on `*` only. Where AWS takes an execution's job or its thing, both are asked for.
 *
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS IoT". It does not have the
 * second versions of lists; AWS asks for the action that is called like them, as a role shows that was in use with it
 * alone.
 */
export const iotResources: Readonly<Record<string, readonly ResourceForm[]>> = {
  AddThingToThingGroup: membership,
  AssociateTargetsWithJob: [...job, targets],
  AttachPolicy: [target],
  AttachPrincipalPolicy: [principal],
  AttachSecurityProfile: ['securityprofile/{securityProfileName}', profileTarget],
  AttachThingPrincipal: anything,
  CancelJob: job,
  CancelJobExecution: execution,
  CreateAuditSuppression: anything,
  CreateCertificateFromCsr: anything,
  CreateJob: [...job, targets, template],
  CreateJobTemplate: [...jobTemplate],
  CreateKeysAndCertificate: anything,
  CreatePolicy: policy,
  CreatePolicyVersion: policy,
  CreateRoleAlias: roleAlias,
  CreateScheduledAudit: ['scheduledaudit/{scheduledAuditName}'],
  CreateSecurityProfile: ['securityprofile/{securityProfileName}'],
  CreateThing: thing,
  CreateThingGroup: thingGroup,
  CreateThingType: ['thingtype/{thingTypeName}'],
  CreateTopicRule: rule,
  DeleteCertificate: certificate,
  DeleteJob: job,
  DeleteJobExecution: execution,
  DeleteJobTemplate: jobTemplate,
  DeletePolicy: policy,
  DeletePolicyVersion: policy,
  DeleteRoleAlias: roleAlias,
  DeleteThing: thing,
  DeleteThingGroup: thingGroup,
  DeleteTopicRule: rule,
  DescribeAccountAuditConfiguration: anything,
  DescribeAuditTask: anything,
  DescribeCertificate: certificate,
  DescribeEndpoint: anything,
  DescribeEventConfigurations: anything,
  DescribeJob: job,
  DescribeJobExecution: execution,
  DescribeJobTemplate: jobTemplate,
  DescribeRoleAlias: roleAlias,
  DescribeThing: thing,
  DescribeThingGroup: thingGroup,
  DescribeThingType: ['thingtype/{thingTypeName}'],
  DetachPolicy: [target],
  DetachPrincipalPolicy: [principal],
  DetachThingPrincipal: anything,
  DisableTopicRule: rule,
  EnableTopicRule: rule,
  GetJobDocument: job,
  GetPolicy: policy,
  GetPolicyVersion: policy,
  GetTopicRule: rule,
  ListAttachedPolicies: anything,
  ListAuditFindings: anything,
  ListAuditTasks: anything,
  ListCertificates: anything,
  ListJobExecutionsForJob: job,
  ListJobExecutionsForThing: thing,
  ListJobTemplates: anything,
  ListJobs: anything,
  ListPolicies: anything,
  ListPolicyVersions: policy,
  ListPrincipalPolicies: anything,
  ListPrincipalThings: anything,
  ListPrincipalThingsV2: anything,
  ListRoleAliases: anything,
  ListTargetsForPolicy: policy,
  ListThingGroups: anything,
  ListThingGroupsForThing: thing,
  ListThingPrincipals: anything,
  ListThingPrincipalsV2: anything,
  ListThings: anything,
  ListThingsInThingGroup: thingGroup,
  ListTopicRules: anything,
  RegisterCertificateWithoutCA: anything,
  RemoveThingFromThingGroup: membership,
  ReplaceTopicRule: rule,
  SetDefaultPolicyVersion: policy,
  StartOnDemandAuditTask: anything,
  UpdateAccountAuditConfiguration: anything,
  UpdateCertificate: certificate,
  UpdateEventConfigurations: anything,
  UpdateJob: job,
  UpdateThing: thing,
  UpdateThingGroup: thingGroup,
}

const shadow = (call: ObservedCall): readonly string[] => {
  const name = call.query.get('name')
  const ofThing = `thing/${field(call, 'thingName')}`
  return [name === null ? ofThing : `${ofThing}/${name}`]
}

/** Of the data plane: shadows and messages. Source: as above, and Developer Guide, "AWS IoT Core policy actions". */
export const iotDataResources: Readonly<Record<string, readonly ResourceForm[]>> = {
  DeleteThingShadow: [shadow],
  GetThingShadow: [shadow],
  ListNamedShadowsForThing: thing,
  Publish: ['topic/{topic}'],
  UpdateThingShadow: [shadow],
}

/** Source: Service Authorization Reference, "AWS IoT Jobs DataPlane". */
export const iotJobsDataResources: Readonly<Record<string, readonly ResourceForm[]>> = {
  DescribeJobExecution: thing,
  GetPendingJobExecutions: thing,
  StartNextPendingJobExecution: thing,
  UpdateJobExecution: thing,
}
