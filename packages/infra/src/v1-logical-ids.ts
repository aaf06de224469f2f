import { CfnElement } from 'aws-cdk-lib'
import type { CertificateRotator } from './certificate-rotator.ts'

/**
 * Logical ids of version 1, by the path of the construct here.
 *
 * CloudFormation makes before it deletes: under another id a resource with the same physical name would be refused,
 * and a stack of version 1 could not be upgraded in place. Settings of asynchronous invocations have no name, but there is
 * one of them per function: those that go last would take the new ones with them.
 */
const v1LogicalIds: Readonly<Record<string, string>> = {
  'CreateCertificate/Handler/Function/Resource': 'AWSLabsCertificateRotatorCreateCertificateLambda67D1E14D',
  'CommitCertificate/Handler/Function/Resource': 'AWSLabsCertificateRotatorCommitCertificateLambda2896EB9F',
  'FinishRotation/Handler/Function/Resource': 'AWSLabsCertificateRotatorJobExecutionTerminalLambdaA1DB429B',
  'CreateCertificate/Asynchronous/Resource':
    'AWSLabsCertificateRotatorCreateCertificateLambdaEventInvokeConfig8F2CF0B3',
  'CommitCertificate/Asynchronous/Resource':
    'AWSLabsCertificateRotatorCommitCertificateLambdaEventInvokeConfig552266EA',
  'FinishRotation/Asynchronous/Resource':
    'AWSLabsCertificateRotatorJobExecutionTerminalLambdaEventInvokeConfig59458DE5',
  'CreateCertificate/Handler/Role/Resource': 'AWSLabsCertificateRotatorCreateCertificateRoleB6DE632B',
  'CommitCertificate/Handler/Role/Resource': 'AWSLabsCertificateRotatorCommitCertificateRole1E27754D',
  'FinishRotation/Handler/Role/Resource': 'AWSLabsCertificateRotatorJobExecutionTerminalRoleF9A56972',
  'CreateCertificate/Handler/Log/Group/Resource':
    'AWSLabsCertificateRotatorCreateCertificateLambdaLogGroup30691697',
  'CommitCertificate/Handler/Log/Group/Resource':
    'AWSLabsCertificateRotatorCommitCertificateLambdaLogGroup3260F013',
  'FinishRotation/Handler/Log/Group/Resource':
    'AWSLabsCertificateRotatorJobExecutionTerminalLambdaLogGroup0B6C173E',
  'AccountSettings/Log/Group/Resource': 'AWS679f53fac002430cb0da5b7982bd2287LogGroup449FB7C2',
  'AccountSettings/Handler/Resource': 'AWS679f53fac002430cb0da5b7982bd22872D164C4C',
  'AccountSettings/Role/Resource': 'AWSLabsCertificateRotatorCustomResourceJobExecutionEventsRole15C9E106',
  'CreateCertificate/Rule/Resource': 'AWSLabsCertificateRotatorCreateCertificateRule',
  'CommitCertificate/Rule/Resource': 'AWSLabsCertificateRotatorCommitCertificateRule',
  'FinishRotation/Rule/Resource': 'AWSLabsCertificateRotatorJobExecutionTerminalRule',
  'JobTemplate/Template': 'AWSLabsCertificateRotatorJobTemplate',
  'JobTemplate/TemplateV2': 'AWSLabsCertificateRotatorJobTemplateV2',
  'Notifications/Topic/Resource': 'AWSLabsCertificateRotatorSNSTopic015AAC82',
  'Notifications/Topic/Policy/Resource': 'AWSLabsCertificateRotatorSNSTopicPolicy64B50166',
  'AccountSettings/JobExecutionEvents/Default':
    'AWSLabsCertificateRotatorCustomResourceJobExecutionEventsAF106546',
}

/** Gives each of these resources the logical id that it had. */
export function keepV1LogicalIds(rotator: CertificateRotator): void {
  for (const element of rotator.node.findAll().filter(node => CfnElement.isCfnElement(node))) {
    const logicalId = v1LogicalIds[element.node.path.slice(rotator.node.path.length + 1)]
    if (logicalId !== undefined) element.overrideLogicalId(logicalId)
  }
}
