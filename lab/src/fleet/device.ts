import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { IoTClient } from '@aws-sdk/client-iot'
import type { ConfigMap } from '@rotator/local-core/config/config-tree'
import { provisionCore } from '@rotator/local-core/provision/provision-core'
import type { Algorithms } from '@rotator/protocol/algorithms'
import { componentName } from '@rotator/protocol/names'
import {
  createThing,
  credentialEndpointOf,
  type IssuedCertificate,
  issueCertificate,
} from '../operator/registry.ts'
import { keyInToken } from '../tokens/factory.ts'
import type { Token } from '../tokens/token.ts'
import { devicePolicyName, deviceRoleAlias } from './device-policy.ts'
import { factoryIdentity } from './identity.ts'

/** A core device as it left the factory: registered, with its first identity and the component deployed. */
export interface Device {
  thingName: string
  root: string
  /** The key is empty where it was made in a token: nobody outside has it. */
  old: IssuedCertificate & { privateKeyPem: string }
  /** Holds certificate and key; undefined where they are in files. */
  token: Token | undefined
  /** The paths that Greengrass is configured with where they are in files. */
  certificateFile: string
  privateKeyFile: string
  componentLog: string
  /** What the core's program is started with, besides its root folder. */
  coreArguments: readonly string[]
}

/** What is otherwise about a device than about most. */
export interface Peculiarities {
  /** Greengrass is configured with `file://` URIs in place of paths. */
  fileUris?: boolean
  /** `effectiveConfig.yaml` has no paths, as after fleet provisioning. */
  emptyPathsInEffectiveConfig?: boolean
  /** More of the nucleus's own configuration, such as a proxy. */
  nucleusConfiguration?: ConfigMap
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
  /** Where the device's identity is to be; in files without it. */
  token?: Token | undefined
  peculiarities?: Peculiarities
}

/** Certificate and key bear it, as a nucleus wants. */
export const tokenObjectLabel = 'greengrass'

const factoryName = 'AWS IoT Certificate'

/** The nucleus whose files and behaviour the local core plays. */
const nucleusVersion = '2.14.0'

export async function manufacture(settings: DeviceSettings): Promise<Device> {
  const { iot, thingName, token } = settings
  const inside = token && (await keyInToken(token, tokenObjectLabel, factoryName))
  const { privateKeyPem, csr } = inside ?? (await factoryIdentity(factoryName))
  const certificate = await issueCertificate(iot, csr)
  inside?.complete(certificate.certificatePem)
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
    token,
    certificateFile: join(root, 'thing-certificate.pem'),
    privateKeyFile: join(root, 'thing-private-key.pem'),
    componentLog: join(root, 'logs', `${componentName}.log`),
    coreArguments: settings.peculiarities?.emptyPathsInEffectiveConfig
      ? ['--effective-config-without-paths']
      : [],
  }
  provision(settings, device, await credentialEndpointOf(iot))
  return device
}

function provision(settings: DeviceSettings, device: Device, credentialEndpoint: string): void {
  const {
    fileUris = false,
    emptyPathsInEffectiveConfig = false,
    nucleusConfiguration = {},
  } = settings.peculiarities ?? {}
  const valueOf = (path: string) => (fileUris ? pathToFileURL(path).href : path)
  const inFiles = {
    certificate: { pathValue: valueOf(device.certificateFile), pem: device.old.certificatePem },
    privateKey: { pathValue: valueOf(device.privateKeyFile), pem: device.old.privateKeyPem },
  }
  provisionCore({
    root: device.root,
    thingName: device.thingName,
    ...(device.token === undefined ? inFiles : inToken(device.token)),
    rootCa: {
      pathValue: valueOf(join(device.root, 'root-ca.pem')),
      pem: readFileSync(settings.rootCaPath, 'utf8'),
    },
    awsRegion: settings.region,
    iotDataEndpoint: settings.endpoint.host,
    nucleusVersion,
    nucleusConfiguration: {
      interpolateComponentConfiguration: true,
      mqtt: { port: settings.endpoint.port },
      iotRoleAlias: deviceRoleAlias,
      iotCredEndpoint: credentialEndpoint,
      ...nucleusConfiguration,
    },
    components: [{ ...settings.component, configuration: { ...settings.algorithms } }],
    emptyPathsInEffectiveConfig,
    nowMs: Date.now(),
  })
}

const inToken = ({ library, slot, userPin }: Token) => ({
  certificate: { pathValue: `pkcs11:object=${tokenObjectLabel};type=cert` },
  privateKey: { pathValue: `pkcs11:object=${tokenObjectLabel};type=private` },
  pkcs11Provider: { library, slot, userPin },
})
