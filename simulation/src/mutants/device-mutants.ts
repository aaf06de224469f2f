import type { Mutant } from './mutant.ts'

const phase = (name: string): string => `rotation/src/device/phases/${name}.ts`

/** What a device does too early, too late, or for a reason that is none. */
export const deviceMutants: readonly Mutant[] = [
  {
    name: 'report-before-rollback',
    breaks: 'FAILED is sent before OLD is restored.',
    edits: [
      {
        file: phase('rollback'),
        find: `  { kind: 'roll-back', ...onOld(state) },`,
        replace: `  {
    kind: 'update-job',
    execution: state.execution,
    status: 'FAILED',
    statusDetails: {
      CertificateRotator: 'true',
      phase: 'fail',
      failureCode: state.failure.code,
      DeviceFailureReason: state.failure.reason,
    },
    clientToken: 'rotator-FAILED-' + state.execution.executionNumber,
  },
  { kind: 'roll-back', ...onOld(state) },`,
      },
    ],
  },
  {
    name: 'no-consent',
    breaks: 'After a rollback FAILED is sent without asking the record whether OLD stays.',
    edits: [
      {
        file: phase('restart'),
        find: `go('restart-to-consent', {
        phase: 'consent',
        ...facts(state),
        failure: state.failure,
        alone: false,
        overruled: false,
      })`,
        replace: `go('consent-to-fail', { phase: 'fail', ...facts(state), failure: state.failure, begun: true })`,
      },
    ],
  },
  {
    name: 'rollback-on-silence',
    breaks: 'A device that hears nothing for half a minute goes back to OLD, whatever a comparison shows.',
    edits: [
      {
        file: 'rotation/src/device/silence.ts',
        find: `  const isBlind = state.blind && isOutOfReach(comparison)
  const isUntold = verdict === 'impossible' || verdict === 'both-refused' || isBlind
  if (isUntold && listenedMs >= otherSideAfterMs(state.turn)) return 'question'`,
        replace: `  if (verdict !== 'trial-accepted') return 'question'`,
      },
    ],
  },
  {
    name: 'accepted-over-old-is-forward',
    breaks: 'A commit that is accepted over OLD sends the device forward to NEW.',
    edits: [
      {
        file: phase('consent'),
        find: `!== undefined) return agreed(state)`,
        replace: `!== undefined) return goToForward('consent-new-kept', state)`,
      },
    ],
  },
  {
    name: 'component-restart-is-enough',
    breaks: 'A restart of the component is taken for one of Greengrass.',
    edits: [
      {
        file: phase('restart'),
        find: `byHand(state, event.found) ?? (state.service === state.before ? reenter(state) : restarted(state))`,
        replace: `byHand(state, event.found) ?? restarted(state)`,
      },
    ],
  },
  {
    name: 'old-dropped-before-close',
    breaks: 'OLD is dropped as soon as a commit is accepted.',
    edits: [
      {
        file: phase('finish'),
        find: `export const finishEntry = (state: In<'finish'>): Effect[] => [`,
        replace: `export const finishEntry = (state: In<'finish'>): Effect[] => [
  { kind: 'drop-identities' },`,
      },
    ],
  },
  {
    name: 'new-dropped-at-rollback',
    breaks: 'NEW is dropped as soon as OLD is restored, although the record may decide for NEW.',
    edits: [
      {
        file: phase('consent'),
        find: `export const consentEntry = (state: In<'consent'>): Effect[] => [`,
        replace: `export const consentEntry = (state: In<'consent'>): Effect[] => [
  { kind: 'drop-identities' },`,
      },
    ],
  },
  {
    name: 'end-ignored-after-commit',
    breaks: 'An execution that ended otherwise is taken for a success: nothing is confirmed.',
    edits: [
      {
        file: phase('finish'),
        find: `if (state.backend === 'v1') return goToClose('finish-v1-over', state)`,
        replace: `if (outcome === 'over') return goToClose('finish-v1-over', state)`,
      },
    ],
  },
  {
    name: 'one-look',
    breaks: 'One comparison in which NEW is refused is enough to go back to OLD.',
    edits: [{ file: 'rotation/src/device/times.ts', find: `looksNeeded = 3`, replace: `looksNeeded = 1` }],
  },
  {
    name: 'any-accepted',
    breaks: 'Any accepted commit is taken for the answer to the present question.',
    shows: ['an-answer-to-another-turn'],
    edits: [
      {
        file: 'rotation/src/device/replies.ts',
        find: `  return isOf(question, reply) && answers ? 'v2' : undefined
}

/** A rejection`,
        replace: `  return 'v2'
}

/** A rejection`,
      },
    ],
  },
  {
    name: 'any-rejection',
    breaks: 'Any rejection is taken for the answer to the present question.',
    shows: ['a-rejection-of-another-execution'],
    edits: [
      {
        file: 'rotation/src/device/replies.ts',
        find: `isOf(question, reply) && answers ? 'v2' : undefined
  if (backend`,
        replace: `'v2' as const
  if (backend`,
      },
    ],
  },
]
