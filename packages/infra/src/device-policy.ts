import { recordShadowName } from '@rotator/protocol/names'

export interface DevicePolicyPlace {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  partition: string
  region: string
  accountId: string
  /** The role alias that Greengrass gets its components' credentials by. */
  roleAlias: string
}

const thing = '${iot:Connection.Thing.ThingName}'
/** Where Greengrass keeps the state of a deployment to a single core. */
const deploymentShadow = `$aws/things/${thing}/shadow/name/AWSManagedGreengrassV2Deployment/*`

/**
 * The AWS IoT policy of a core device, as JSON: what Greengrass's own connection needs, its components' credentials, and a
 * rotation, on its own topics alone. Components that use AWS IoT themselves need statements of their own beside it.
 *
 * The record of a rotation is the cloud's: whatever else a device's policies allow, it cannot write the named shadow that
 * holds it. Greengrass's part is what the sources of its nucleus (2.18) and of Nucleus Lite (2.6) say and hear: deployments, and
 * the health of components (`greengrassv2`) and of the system (`greengrass`, the classic nucleus's telemetry, once a day). It is
 * narrower than the minimal policy in its developer guide: no other shadow. AWS IoT takes documents of at most 2048 characters.
 */
export function devicePolicy({ partition, region, accountId, roleAlias }: DevicePolicyPlace): string {
  const arn = (resource: string) => `arn:${partition}:iot:${region}:${accountId}:${resource}`
  const conversations = [
    `$aws/things/${thing}/jobs/*`,
    `awslabs/things/${thing}/certificate/*`,
    deploymentShadow,
  ]
  // One pattern for both, since the document must stay short.
  const health = `$aws/things/${thing}/greengrass*/health/json`
  const topics = [...conversations, health]
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'iot:Connect',
        Resource: [arn(`client/${thing}`), arn(`client/${thing}#*`)],
      },
      {
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Receive'],
        Resource: topics.map(topic => arn(`topic/${topic}`)),
      },
      {
        Effect: 'Allow',
        Action: 'iot:Subscribe',
        Resource: conversations.map(topic => arn(`topicfilter/${topic}`)),
      },
      {
        Effect: 'Allow',
        Action: 'iot:AssumeRoleWithCertificate',
        Resource: arn(`rolealias/${roleAlias}`),
      },
      {
        Effect: 'Allow',
        Action: [
          'greengrass:GetComponentVersionArtifact',
          'greengrass:GetDeploymentConfiguration',
          'greengrass:ListThingGroupsForCoreDevice',
          'greengrass:ResolveComponentCandidates',
        ],
        Resource: '*',
      },
      {
        Effect: 'Deny',
        Action: ['iot:Publish', 'iot:UpdateThingShadow', 'iot:DeleteThingShadow'],
        Resource: [
          arn(`topic/$aws/things/*/shadow/name/${recordShadowName}/*`),
          arn(`thing/*/${recordShadowName}`),
        ],
      },
    ],
  })
}
