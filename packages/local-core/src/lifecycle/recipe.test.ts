import { describe, expect, test } from 'vitest'
import { mergeChanges } from '../config/config-merge.ts'
import { createConfigTree } from '../config/config-tree.ts'
import { readDeviceSettings } from '../config/device-settings.ts'
import { resolveComponent } from '../deployments/resolve-component.ts'
import { rootLayout } from '../provision/root-layout.ts'
import { componentEnvironment } from './component-environment.ts'
import { readLifecycleScript } from './lifecycle-script.ts'
import { parseRecipe } from './recipe.ts'

const yaml = `
RecipeFormatVersion: '2020-01-25'
ComponentName: com.example.A
ComponentVersion: '1.2.3'
ComponentConfiguration:
  DefaultConfiguration:
    keyAlgorithm: RSA-2048
    greeting: 'hi {iot:thingName}'
ComponentDependencies:
  aws.greengrass.Nucleus:
    VersionRequirement: '>=2.6.0'
    DependencyType: SOFT
Manifests:
  - Platform: { os: windows }
    Lifecycle: { Run: 'windows' }
  - Platform: { os: linux }
    Lifecycle:
      Setenv: { SHARED: 'a' }
      Install: { Script: 'echo {work:path} {kernel:rootPath}', Timeout: 900 }
      Run:
        RequiresPrivilege: true
        Script: 'x {artifacts:decompressedPath}/y {artifacts:path} {configuration:/keyAlgorithm} {configuration:/no} {unknown:x}'
        Setenv: { OWN: 'b' }
`
const context = { layout: rootLayout('/gg/v2'), thingName: 'T', interpolateConfiguration: false }

describe('a recipe', () => {
  test('gives its Linux lifecycle, with variables resolved and unknown ones left alone', () => {
    const service = resolveComponent(parseRecipe(yaml), { keyAlgorithm: 'ECDSA-P256' }, context)
    expect(readLifecycleScript(service['lifecycle'], 'run')).toEqual({
      script:
        'x /gg/v2/packages/artifacts-unarchived/com.example.A/1.2.3/y ' +
        '/gg/v2/packages/artifacts/com.example.A/1.2.3 ECDSA-P256 {configuration:/no} {unknown:x}',
      environment: { SHARED: 'a', OWN: 'b' },
    })
    expect(readLifecycleScript(service['lifecycle'], 'install')).toEqual({
      script: 'echo /gg/v2/work/com.example.A /gg/v2',
      timeoutMs: 900_000,
      environment: { SHARED: 'a' },
    })
    expect(readLifecycleScript(service['lifecycle'], 'shutdown')).toBeUndefined()
    expect(service['dependencies']).toEqual(['aws.greengrass.Nucleus:SOFT'])
  })

  test('has its configuration interpolated only where the nucleus is told to', () => {
    const greeting = (interpolateConfiguration: boolean) => {
      const service = resolveComponent(parseRecipe(yaml), {}, { ...context, interpolateConfiguration })
      return service['configuration']
    }
    expect(greeting(false)).toMatchObject({ greeting: 'hi {iot:thingName}' })
    expect(greeting(true)).toMatchObject({ greeting: 'hi T' })
  })

  test('is refused with a reason when something is missing', () => {
    expect(() => parseRecipe('7')).toThrow('not a map')
    expect(() => parseRecipe('ComponentName: a')).toThrow('ComponentVersion')
    const windowsOnly = 'ComponentName: a\nComponentVersion: "1"\nManifests: [{Platform: {os: windows}}]'
    expect(() => parseRecipe(windowsOnly)).toThrow('no manifest for Linux')
  })
})

test('a component gets the variables of the classic nucleus, its socket relative where the path is long', () => {
  const nucleus = { configuration: { awsRegion: 'eu-west-1' }, version: '2.15.0' }
  const config = {
    system: { thingName: 'T', rootCaPath: '/ca' },
    services: { 'aws.greengrass.Nucleus': nucleus },
  }
  const device = readDeviceSettings(createConfigTree(mergeChanges([], config, 1)))
  const at = (root: string) => componentEnvironment(device, rootLayout(root), 'TOKEN')
  expect(at('/gg')).toMatchObject({
    SVCUID: 'TOKEN',
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'TOKEN',
    AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT: '/gg/ipc.socket',
    AWS_IOT_THING_NAME: 'T',
    AWS_REGION: 'eu-west-1',
    GGC_VERSION: '2.15.0',
    GG_ROOT_CA_PATH: '/ca',
  })
  const root = (length: number) => `/${'r'.repeat(length - 1)}`
  const socketAt = (length: number) => at(root(length))['AWS_GG_NUCLEUS_DOMAIN_SOCKET_FILEPATH_FOR_COMPONENT']
  expect(socketAt(107 - '/ipc.socket'.length)).toBe(`${root(96)}/ipc.socket`)
  expect(socketAt(108 - '/ipc.socket'.length)).toBe('../../ipc.socket')
})
