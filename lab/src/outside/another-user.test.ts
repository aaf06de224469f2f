import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProcessGroups } from '@rotator/local-core/lifecycle/process-group'
import { rootLayout } from '@rotator/local-core/provision/root-layout'
import { journalFile } from '../whole/journal-file.ts'
import { expectRotated, startJob } from '../whole/rotation.ts'
import { test } from '../whole/trial-test.ts'
import { openFoldersTo } from './open-folders.ts'
import { isSkippedWithoutRoot } from './root-only.ts'

const nobody = 65_534

/** Runs a program as a user who owns nothing. */
function asNobody(program: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { uid: nobody, gid: nobody, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test.skipIf(isSkippedWithoutRoot())(
  'A6: another local user reads no key, no journal and no token of the component',
  async ({ world, trials, expect }) => {
    const device = await trials.start()
    await expectRotated(world, device, await startJob(world, device))
    openFoldersTo(device.root)
    const readable = asNobody('/usr/bin/find', device.root, '-type', 'f', '-readable')
    const files = readable.stdout.split('\n').filter(file => file !== '')
    // It does see what is no secret: the search itself works.
    expect(files).toContain(device.componentLog)
    // As a nucleus's is: passwords stand in it.
    expect(files).not.toContain(rootLayout(device.root).effectiveConfigFile)
    const secrets = files.filter(
      file =>
        file.includes('key') ||
        /-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\w+/=\n]{64}/u.test(readFileSync(file, 'utf8')),
    )
    expect(secrets).toEqual([])
    expect(files).not.toContain(journalFile(device))
    for (const file of [device.privateKeyFile, journalFile(device)]) {
      expect(asNobody('/bin/cat', file)).toMatchObject({
        stdout: '',
        stderr: expect.stringContaining('denied'),
      })
      trials.fired()
    }
    // Greengrass gives the component its token in the environment.
    const processes = componentProcesses(rootLayout(device.root).processGroupsFile)
    expect(processes).not.toEqual([])
    for (const pid of processes) {
      expect(asNobody('/bin/cat', `/proc/${pid}/environ`).stdout).toBe('')
      trials.fired()
    }
  },
)

function componentProcesses(processGroupsFile: string): number[] {
  const groups = new Set(readProcessGroups(processGroupsFile))
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => pid > 1 && groups.has(groupOf(pid)))
}

function groupOf(pid: number): number {
  try {
    // The fields after the name in brackets: state, parent, group.
    return Number(
      readFileSync(join('/proc', String(pid), 'stat'), 'utf8')
        .split(') ')[1]
        ?.split(' ')[2],
    )
  } catch {
    return 0
  }
}
