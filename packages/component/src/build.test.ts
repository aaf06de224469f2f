import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { componentName } from '@rotator/protocol/names'
import { subscriptions } from '@rotator/protocol/topics'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type BuiltComponent, buildComponent } from './build.ts'
import { thing } from './testing/simulated-device.ts'

let folder: string
let built: BuiltComponent

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'artifact-'))
  built = await buildComponent(folder, '2.0.1')
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

describe('the bundle', () => {
  test('is one file that is made of nothing but the device: no AWS SDK, no backend, no record, no native code', () => {
    const inputs = Object.keys(built.metafile.inputs)
    expect(inputs.length).toBeGreaterThan(50)
    const ours = /^packages\/(?:component|protocol|rotation\/src\/device)\/|(?:^|\/)node_modules\/valibot\//u
    const from = (path: string): string => path.replace(/^.*?(?=packages\/|node_modules\/)/u, '')
    expect(inputs.map(from).filter(path => !ours.test(path))).toEqual([])
    expect(inputs.some(path => /@aws-sdk|\/backend\/|rotation\/src\/record|\.node$/u.test(path))).toBe(false)
    const [output, ...others] = Object.values(built.metafile.outputs)
    expect(others).toEqual([])
    expect(output?.imports.filter(({ path }) => !path.startsWith('node:'))).toEqual([])
  })
})

describe('the recipe', () => {
  test('keeps the name, the settings and the policy ids of version 1, so that an upgrade replaces them', () => {
    const recipe = parse(built.recipe)
    expect(recipe).toEqual(parse(readFileSync(join(folder, 'recipe.yaml'), 'utf8')))
    expect(recipe).toMatchObject({
      ComponentName: componentName,
      ComponentVersion: '2.0.1',
      ComponentDependencies: {
        'aws.greengrass.Nucleus': { VersionRequirement: '>=2.6.0', DependencyType: 'SOFT' },
      },
    })
    const { accessControl, ...settings } = recipe.ComponentConfiguration.DefaultConfiguration
    expect(settings).toEqual({ keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' })
    const policies = accessControl['aws.greengrass.ipc.mqttproxy']
    expect(Object.keys(policies)).toEqual([1, 2].map(n => `${componentName}:mqttproxy:${n}`))
    const subscribed = policies[`${componentName}:mqttproxy:2`].resources
    expect(subscribed.map((topic: string) => topic.replace('{iot:thingName}', thing))).toEqual(
      subscriptions(thing),
    )
  })

  test('starts the bundle with the Node that comes with it, as root, and has the same exit code', () => {
    const [linux, windows] = parse(built.recipe).Manifests
    expect([linux.Platform.os, windows.Platform.os]).toEqual(['linux', 'windows'])
    for (const { Lifecycle, Artifacts } of [linux, windows]) {
      expect(Lifecycle.Run.RequiresPrivilege).toBe(true)
      expect(Lifecycle.Run.Script).toContain('certificate-rotator.mjs')
      expect(Artifacts[0].URI).toBe(`s3://BUCKET_NAME/${componentName}/2.0.1/certificate-rotator.zip`)
    }
    expect(linux.Lifecycle.Run.Script).toMatch(
      /&& exec "\{artifacts:decompressedPath\}\/certificate-rotator\/node" /u,
    )
  })

  test('starts it from a root folder with spaces in its path too', () => {
    for (const { Lifecycle } of parse(built.recipe).Manifests) {
      const unquoted = Lifecycle.Run.Script.replaceAll(/"[^"]*"/gu, '')
      expect(unquoted).not.toContain('{')
    }
  })
})
