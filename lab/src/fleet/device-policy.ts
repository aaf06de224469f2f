export const devicePolicyName = 'RotatingCoreDevice'
export const deviceRoleAlias = 'CoreDeviceRoleAlias'

const thing = '${iot:Connection.Thing.ThingName}'

/**
 * What a core device needs for Greengrass's own connection, its components' credentials and a rotation, on its own
 * topics alone.
 *
 * The record of a rotation is the cloud's: the device may not touch the named shadow that holds it.
 */
export function devicePolicy(region: string, accountId: string): string {
  const arn = (resource: string) => `arn:aws:iot:${region}:${accountId}:${resource}`
  const requests = [`$aws/things/${thing}/jobs/*`, `awslabs/things/${thing}/certificate/*`]
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
        Resource: requests.map(topic => arn(`topic/${topic}`)),
      },
      {
        Effect: 'Allow',
        Action: 'iot:Subscribe',
        Resource: requests.map(topic => arn(`topicfilter/${topic}`)),
      },
      {
        Effect: 'Allow',
        Action: 'iot:AssumeRoleWithCertificate',
        Resource: arn(`rolealias/${deviceRoleAlias}`),
      },
    ],
  })
}
