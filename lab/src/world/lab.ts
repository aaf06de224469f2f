import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { devicePolicy, devicePolicyName, deviceRoleAlias } from '../fleet/device-policy.ts'
import { factoryIdentity } from '../fleet/identity.ts'
import { type AwsClients, awsClients } from '../operator/aws-clients.ts'
import type { MqttAccess } from '../operator/presence.ts'
import {
  attachPolicy,
  createPolicy,
  createRoleAlias,
  createThingGroup,
  issueCertificate,
} from '../operator/registry.ts'
import { type CloudProcess, startCloudProcess } from './cloud-process.ts'

export const region = 'us-east-1'
export const accountId = '123456789012'

/** A cloud with the backend deployed, a thing group, and an operator who may listen to everything. */
export interface Lab {
  folder: string
  cloud: CloudProcess
  clients: AwsClients
  rootCa: string
  thingGroupName: string
  thingGroupArn: string
  /** The operator's own MQTT identity: it belongs to no thing. */
  operator: MqttAccess
  stop(): Promise<void>
}

/** Where everything of one run goes. It is made first, so that an interrupted run can remove it. */
export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'certificate-rotator-'))

export async function openLab(options: {
  folder: string
  templateFile: string
  onNotification: (text: string) => void
  authorityId?: string | undefined
}): Promise<Lab> {
  const { folder } = options
  mkdirSync(join(folder, 'cloud'))
  const cloud = await startCloudProcess(options)
  const clients = awsClients(cloud.endpoints.http, region)
  const thingGroupName = 'core-devices'
  await createPolicy(clients.iot, devicePolicyName, devicePolicy(region, accountId))
  await createRoleAlias(clients.iot, deviceRoleAlias, `arn:aws:iam::${accountId}:role/CoreDeviceRole`)
  const rootCa = readFileSync(cloud.rootCaPath, 'utf8')
  return {
    folder,
    cloud,
    clients,
    rootCa,
    thingGroupName,
    thingGroupArn: await createThingGroup(clients.iot, thingGroupName),
    operator: { ...cloud.endpoints.mqtt, rootCa, ...(await operatorIdentity(clients)) },
    stop: async () => {
      clients.destroy()
      await cloud.program.stop()
    },
  }
}

async function operatorIdentity({ iot }: AwsClients) {
  const policyName = 'Operator'
  const listen = { Effect: 'Allow', Action: ['iot:Connect', 'iot:Subscribe', 'iot:Receive'], Resource: '*' }
  await createPolicy(iot, policyName, JSON.stringify({ Version: '2012-10-17', Statement: [listen] }))
  const { csr, privateKeyPem } = await factoryIdentity('operator')
  const certificate = await issueCertificate(iot, csr)
  await attachPolicy(iot, policyName, certificate.certificateArn)
  return { certificatePem: certificate.certificatePem, privateKeyPem }
}

/** A program that has just been killed may still be making a file, so it is tried again. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 })
}
