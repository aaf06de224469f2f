import { expect, test } from 'vitest'
import type { Effect } from './effects.ts'
import { onEntry } from './on-entry.ts'
import type { State } from './state.ts'
import { failure, live, myCsr, newId, oldId, states, x } from './testing/states.ts'

const defer: Effect = { kind: 'defer-updates' }
const allow: Effect = { kind: 'allow-updates' }
const arm = (state: State, name: 'again' | 'restart' | 'settle', afterMs: number): Effect => ({
  kind: 'arm-timer',
  name,
  phase: state.phase,
  afterMs,
  spreadMs: 0,
})
const poll: Effect[] = [
  { kind: 'get-next-job' },
  { kind: 'arm-timer', name: 'again', phase: 'idle', afterMs: 300_000, spreadMs: 60_000 },
]
const onNew = { current: newId, previous: oldId }
const onOld = { current: oldId, previous: newId }
const update = (
  status: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED',
  statusDetails: Record<string, string>,
): Effect => ({
  kind: 'update-job',
  execution: x,
  status,
  statusDetails: { CertificateRotator: 'true', ...statusDetails },
  clientToken: `rotator-${status}-2`,
})
const compare: Effect = { kind: 'compare', reference: 'previous', trial: 'current' }
const rsa = { keyAlgorithm: 'RSA-2048', signingAlgorithm: 'SHA256WITHRSA' } as const
const making: State = { ...states.idle, making: { execution: x, algorithms: rsa, extended: false } }
const unknown: State = { ...states.ask, backend: 'unknown' }
const notBegun: State = { ...states.ask, begun: false }
const undoing: State = { ...states.install, undo: 'no space' }
const restarted: State = { ...states.restart, restarts: 2 }
const tried: State = { ...states.commit, live: live({ attempt: 2 }) }
const v1: State = { ...states.commit, backend: 'v1', over: true }
const refused: State = { ...states.commit, refusal: failure }
const over: State = { ...states.finish, over: true }
const doubted: State = { ...states.finish, over: true, refusal: failure }
const failing: State = { ...states.fail, begun: false }
const commitByNew = { ...x, certificateId: newId, turn: 0 }

test.each<[string, State, Effect[]]>([
  ['idle polls', states.idle, [allow, ...poll]],
  [
    'idle with a job makes the key',
    making,
    [allow, { kind: 'make-pending', execution: x, algorithms: rsa }, ...poll],
  ],
  [
    'ask has IN_PROGRESS recorded first',
    notBegun,
    [allow, update('IN_PROGRESS', { phase: 'ask' }), arm(notBegun, 'again', 5_000)],
  ],
  [
    'ask then asks a version 2 backend, and soon again',
    states.ask,
    [allow, { kind: 'publish-create', execution: x, csrDigest: myCsr }, arm(states.ask, 'again', 5_000)],
  ],
  [
    'ask gives a backend that may be version 1 time to answer',
    unknown,
    [allow, { kind: 'publish-create', execution: x, csrDigest: myCsr }, arm(unknown, 'again', 121_000)],
  ],
  [
    'check judges the certificate',
    states.check,
    [
      allow,
      { kind: 'check-certificate', csrDigest: myCsr, certificatePem: 'PEM' },
      arm(states.check, 'again', 60_000),
    ],
  ],
  [
    'install switches',
    states.install,
    [defer, { kind: 'install', ...onNew }, arm(states.install, 'again', 60_000)],
  ],
  [
    'install undoes what cannot be done',
    undoing,
    [defer, { kind: 'undo-install', ...onOld }, arm(undoing, 'again', 60_000)],
  ],
  [
    'restart restarts',
    states.restart,
    [defer, { kind: 'restart-service' }, arm(states.restart, 'restart', 120_000)],
  ],
  [
    'restart waits longer each time',
    restarted,
    [defer, { kind: 'restart-service' }, arm(restarted, 'restart', 480_000)],
  ],
  [
    'commit asks',
    states.commit,
    [defer, { kind: 'publish-commit', request: commitByNew }, arm(states.commit, 'again', 5_000)],
  ],
  [
    'commit asks less often the longer it asks',
    tried,
    [defer, { kind: 'publish-commit', request: commitByNew }, arm(tried, 'again', 20_000)],
  ],
  [
    'commit waits for a version 1 backend to settle',
    v1,
    [
      defer,
      { kind: 'publish-commit', request: commitByNew },
      arm(v1, 'again', 121_000),
      arm(v1, 'settle', 600_000),
    ],
  ],
  [
    'commit that was rejected looks whether OLD is refused',
    refused,
    [defer, compare, arm(refused, 'again', 5_000)],
  ],
  [
    'finish reports SUCCEEDED',
    states.finish,
    [
      allow,
      update('SUCCEEDED', { phase: 'finish', certificateId: newId }),
      arm(states.finish, 'again', 5_000),
    ],
  ],
  [
    'finish of an ended execution confirms',
    over,
    [
      allow,
      { kind: 'publish-commit', request: { ...commitByNew, confirmed: true } },
      arm(over, 'again', 5_000),
    ],
  ],
  [
    'finish that was rejected looks whether OLD is refused',
    doubted,
    [allow, compare, arm(doubted, 'again', 5_000)],
  ],
  [
    'rollback restores OLD and keeps NEW',
    states.rollback,
    [defer, { kind: 'roll-back', ...onOld }, arm(states.rollback, 'again', 60_000)],
  ],
  [
    'consent asks over OLD',
    states.consent,
    [
      defer,
      { kind: 'publish-commit', request: { ...x, certificateId: oldId, turn: 1 } },
      arm(states.consent, 'again', 5_000),
    ],
  ],
  [
    'forward goes to NEW and keeps OLD',
    states.forward,
    [defer, { kind: 'roll-forward', ...onNew }, arm(states.forward, 'again', 60_000)],
  ],
  [
    'fail begins an execution that is still queued',
    failing,
    [allow, update('IN_PROGRESS', { phase: 'fail' }), arm(failing, 'again', 5_000)],
  ],
  [
    'fail reports FAILED with code and reason',
    states.fail,
    [
      allow,
      update('FAILED', {
        phase: 'fail',
        failureCode: 'ROLLED_BACK',
        DeviceFailureReason: 'The endpoint refused it.',
      }),
      arm(states.fail, 'again', 5_000),
    ],
  ],
  [
    'close drops what is not in use',
    states.close,
    [allow, { kind: 'drop-identities' }, arm(states.close, 'again', 60_000)],
  ],
])('%s', (_, state, effects) => {
  expect(onEntry(state)).toEqual(effects)
})
