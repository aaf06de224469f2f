import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { IoTClient } from '@aws-sdk/client-iot'
import { provisionCore } from '@rotator/local-core/provision/provision-core'
import type { Algorithms } from '@rotator/protocol/algorithms'
import { componentName } from '@rotator/protocol/names'
import { createThing, type IssuedCertificate, issueCertificate } from '../operator/registry.ts'
import { devicePolicyName } from './device-policy.ts'
import { factoryIdentity } from './identity.ts'

/** A core device as it left the factory: registered, with its first identity and the component deployed. */
export interface Device {
  thingName: string
  root: string
  old: IssuedCertificate & { privateKeyPem: string }
  /** The paths that Greengrass is configured with. */
  certificateFile: string
  privateKeyFile: string
  componentLog: string
}

export interface DeviceSettings {
  iot: IoTClient
  folder: string
  thingName: string
  thingGroupName: string
  algorithms: Algorithms
  region: string
  endpoint: { host: string; port: number }
  rootCaPath: string
  /** Folder that holds the component's bundle, as in its artifact, and its recipe. */
  component: { recipe: string; artifactFolder: string }
}

/** The nucleus whose files and behaviour the local core plays. */
const nucleusVersion = '2.14.0'

export async function manufacture(settings: DeviceSettings): Promise<Device> {
  const { iot, thingName } = settings
  const { privateKeyPem, csr } = await factoryIdentity('AWS IoT Certificate')
  const certificate = await issueCertificate(iot, csr)
  await createThing(iot, {
    thingName,
    thingGroupName: settings.thingGroupName,
    policyName: devicePolicyName,
    certificateArn: certificate.certificateArn,
  })
  const root = join(settings.folder, thingName.replaceAll(':', '_'))
  const device: Device = {
    thingName,
    root,
    old: { ...certificate, privateKeyPem },
    certificateFile: join(root, 'thing-certificate.pem'),
    privateKeyFile: join(root, 'thing-private-key.pem'),
    componentLog: join(root, 'logs', `${componentName}.log`),
  }
  provision(settings, device)
  return device
}

function provision(settings: DeviceSettings, device: Device): void {
  provisionCore({
    root: device.root,
    thingName: device.thingName,
    certificate: { pathValue: device.certificateFile, pem: device.old.certificatePem },
    privateKey: { pathValue: device.privateKeyFile, pem: device.old.privateKeyPem },
    rootCa: {
      pathValue: join(device.root, 'root-ca.pem'),
      pem: readFileSync(settings.rootCaPath, 'utf8'),
    },
    awsRegion: settings.region,
    iotDataEndpoint: settings.endpoint.host,
    nucleusVersion,
    nucleusConfiguration: {
      interpolateComponentConfiguration: true,
      mqtt: { port: settings.endpoint.port },
    },
    components: [{ ...settings.component, configuration: { ...settings.algorithms } }],
    emptyPathsInEffectiveConfig: false,
    nowMs: Date.now(),
  })
}
