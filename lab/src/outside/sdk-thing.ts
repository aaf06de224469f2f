import { AttachThingPrincipalCommand, CreateThingCommand, CreateThingGroupCommand } from '@aws-sdk/client-iot'
import type { World } from '../whole/world.ts'
import { type ClientIdentity, newClientIdentity } from './client-identity.ts'
import { connectDeviceSdk, type DeviceSdkConnection, type MqttVersion } from './device-sdk-connection.ts'

/** A thing with nothing on it but the official device SDK. */
export interface SdkThing extends DeviceSdkConnection {
  thingName: string
  thingGroupName: string
  thingGroupArn: string
}

/** Registers a thing and, empty as yet, a group for it, and connects as the thing. */
export async function connectSdkThing(
  world: World,
  thingName: string,
  version: MqttVersion,
): Promise<SdkThing> {
  const { iot } = world.clients
  await iot.send(new CreateThingCommand({ thingName }))
  const identity: ClientIdentity = await newClientIdentity(world, thingName, `$aws/things/${thingName}/*`)
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal: identity.certificateArn }))
  const thingGroupName = `${thingName}-group`
  const { thingGroupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName }))
  const connection = await connectDeviceSdk(world, identity, thingName, version)
  return { ...connection, thingName, thingGroupName, thingGroupArn }
}
