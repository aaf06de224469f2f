import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { describe } from 'vitest'
import { asOfNow, expectRotated, startJob } from './rotation.ts'
import { test } from './trial-test.ts'

/** All 65 that AWS IoT allows in the name of a thing. */
const everyCharacter = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-'
const socketPathLimitBytes = 108

const rewrite = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))

const withCrlf = (text: string): string => text.replaceAll(/\r?\n/gu, '\r\n')

/** Moves a file away and leaves a link to where it is now. */
function replaceByLink(file: string): string {
  const home = join(dirname(file), 'elsewhere')
  mkdirSync(home, { recursive: true })
  const moved = join(home, basename(file))
  renameSync(file, moved)
  symlinkSync(moved, file)
  return moved
}

/** The file's owner where this process may give files away, which only root may. */
function give(file: string, mode: number): { mode: number; uid: number; gid: number } {
  const { uid, gid } = process.getuid?.() === 0 ? { uid: 4_321, gid: 4_322 } : statSync(file)
  chownSync(file, uid, gid)
  chmodSync(file, mode)
  return { mode, uid, gid }
}

const ownershipOf = (file: string) => {
  const { mode, uid, gid } = statSync(file)
  return { mode: mode & 0o7777, uid, gid }
}

describe.concurrent('a device that is unusual', () => {
  test('with file URIs, empty paths in effectiveConfig.yaml, a deep root folder and every character in its name', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start({
      thingName: everyCharacter,
      folders: ['a folder with spaces', 'and%20signs'],
      peculiarities: { fileUris: true, emptyPathsInEffectiveConfig: true },
    })
    const { ipcSocket, effectiveConfigFile } = rootLayout(device.root)
    expect(Buffer.byteLength(ipcSocket)).toBeGreaterThanOrEqual(socketPathLimitBytes)
    await expectRotated(world, device, await startJob(world, device))
    expect(readFileSync(effectiveConfigFile, 'utf8')).toContain('certificateFilePath: ""')
    await expectRotated(world, asOfNow(device), await startJob(world, device))
  })

  test('with text around its certificate, a chain, and carriage returns', async ({ world, trials }) => {
    const device = await trials.make()
    rewrite(device.certificateFile, leaf =>
      withCrlf(
        `subject=CN = AWS IoT Certificate\nissued for ${device.thingName}\n\n${leaf}\n${world.rootCa}`,
      ),
    )
    // No words here: the nucleus's clients in Java take them for a part of the key.
    rewrite(device.privateKeyFile, key => withCrlf(`\n${key}\n`))
    trials.run(device)
    await expectRotated(world, device, await startJob(world, device))
  })

  test('with links at the configured paths, which stay, and an unusual mode and owner, which are kept', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.make()
    const targets = [device.certificateFile, device.privateKeyFile].map(replaceByLink)
    const key = give(device.privateKeyFile, 0o440)
    const certificate = give(device.certificateFile, 0o604)
    trials.run(device)
    await expectRotated(world, device, await startJob(world, device))
    expect([device.certificateFile, device.privateKeyFile].map(file => readlinkSync(file))).toEqual(targets)
    expect(ownershipOf(device.privateKeyFile)).toEqual(key)
    expect(ownershipOf(device.certificateFile)).toEqual(certificate)
  })
})
