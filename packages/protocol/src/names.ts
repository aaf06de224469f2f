/** Names on the wire and in the account. They are those of the public version 1 and must not change. */
export const componentName = 'aws.greengrass.labs.CertificateRotator'
export const jobTemplateId = 'AWSLabsCertificateRotator'
/** The thing's named shadow that holds the record of its rotation. */
export const recordShadowName = 'AWSLabsCertificateRotator'
export const stackName = 'AWSLabsCertificateRotator'
/** Every resource of the backend is named `AWSLabsCertificateRotator` and one of these words. */
export const resourceWords = {
  create: 'CreateCertificate',
  commit: 'CommitCertificate',
  finish: 'JobExecutionTerminal',
  retire: 'RetireCertificate',
  sweep: 'Sweep',
  notification: 'Notification',
} as const
/** What a job document's `operation` must be for the component to act on it. */
export const rotateOperation = 'ROTATE_CERTIFICATE'
/** The job document of the template, byte for byte: a version 1 backend compares it as text. */
export const jobDocumentText = '{"operation":"ROTATE_CERTIFICATE"}'
