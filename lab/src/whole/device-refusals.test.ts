import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { describe } from 'vitest'
import type { Device } from '../fleet/device.ts'
import { attachedNow, ended, expectRotated, startJob, until } from './rotation.ts'
import { test } from './trial-test.ts'

const systemctl = (device: Device): string => join(rootLayout(device.root).binFolder, 'systemctl')

/** As on a machine, or in a container, that was not booted with systemd. */
const withoutSystemd = `#!/bin/sh
echo "System has not been booted with systemd as init system (PID 1). Can't operate." >&2
exit 1
`

describe.concurrent('a device on which a rotation could not be finished', () => {
  test('refuses before anything is made where Greengrass cannot be restarted, and rotates once it can', async ({
    world,
    trials,
    expect,
  }) => {
    const device = await trials.start()
    const asked = trials.watch(({ topic }) => topic.endsWith('/certificate/create'))
    await until(
      'the core at work',
      () => existsSync(systemctl(device)) && existsSync(device.componentLog),
      isThere => isThere,
    )
    const usual = readFileSync(systemctl(device), 'utf8')
    writeFileSync(systemctl(device), withoutSystemd)
    expect(await ended(world, device, await startJob(world, device))).toMatchObject({
      status: 'FAILED',
      statusDetails: {
        failureCode: 'HOST_UNSUITABLE',
        DeviceFailureReason: expect.stringContaining('not been booted with systemd'),
      },
    })
    expect(asked.count).toBe(0)
    expect(existsSync(join(dirname(device.certificateFile), 'identities'))).toBe(false)
    expect(await attachedNow(world, device)).toEqual([device.old.certificateId])
    writeFileSync(systemctl(device), usual)
    await expectRotated(world, device, await startJob(world, device))
  })
})
