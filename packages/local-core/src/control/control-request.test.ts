import { describe, expect, test } from 'vitest'
import { coreUsage, parseCoreOptions } from '../core-options.ts'
import { parseControlRequest } from './control-request.ts'

describe('a control request', () => {
  test('to deploy has defaults for what it leaves out', () => {
    const request = { command: 'deploy', changes: [{ component: 'c', merge: { a: 1 } }] }
    expect(parseControlRequest(request)).toEqual({
      command: 'deploy',
      changes: [{ component: 'c', merge: { a: 1 }, reset: [] }],
      notifyComponents: true,
      isGgcRestarting: false,
    })
  })

  test('to disturb messages or restarts is read whole', () => {
    const fault = { id: 'x', direction: 'to-cloud', filter: 'a/#', action: 'delay', delayMs: 5, times: 2 }
    expect(parseControlRequest({ command: 'message-faults', faults: [fault] })).toEqual({
      command: 'message-faults',
      faults: [fault],
    })
    expect(parseControlRequest({ command: 'restart-fault', fault: { kind: 'slow', delayMs: 9 } })).toEqual({
      command: 'restart-fault',
      fault: { kind: 'slow', delayMs: 9, times: null },
    })
    expect(parseControlRequest({ command: 'restart-fault', fault: null })).toEqual({
      command: 'restart-fault',
      fault: null,
    })
  })

  test.each([
    ['x', 'must be a JSON object'],
    [{ command: 'reboot' }, 'Unknown control command "reboot"; known: status, restart'],
    [{ command: 'deploy' }, 'changes must be a list'],
    [{ command: 'deploy', changes: [{ component: 7 }] }, 'component must be text'],
    [{ command: 'deploy', changes: [{ component: 'c', merge: [] }] }, 'merge must be a map'],
    [{ command: 'deploy', changes: [], validationTimeoutMs: -1 }, 'a whole number of 0 or more'],
    [{ command: 'network', state: 'slow' }, 'state must be one of online, offline, silent'],
    [{ command: 'systemctl', args: [1] }, 'each of args must be text'],
    [{ command: 'restart-fault' }, 'A restart fault must be a JSON object'],
    [{ command: 'message-faults', faults: [{ id: 'x', direction: 'up' }] }, 'direction must be one of'],
  ])('%j is refused', (request, message) => {
    expect(() => parseControlRequest(request)).toThrow(message)
  })
})

describe('the command line', () => {
  test('takes a root relative to where it is called', () => {
    expect(parseCoreOptions(['--root', 'a/b', '--fast'], '/home/x')).toEqual({
      root: '/home/x/a/b',
      fast: true,
      emptyPathsInEffectiveConfig: false,
    })
    expect(parseCoreOptions(['--root', '/a/../b'], '/home/x').root).toBe('/b')
  })

  test('is refused without a root or with an unknown flag; the usage names every flag', () => {
    expect(() => parseCoreOptions([], '/')).toThrow('--root DIR')
    expect(() => parseCoreOptions(['--root', '/x', '--slow'], '/')).toThrow('--slow')
    for (const flag of ['--root', '--fast', '--effective-config-without-paths'])
      expect(coreUsage).toContain(flag)
  })
})
