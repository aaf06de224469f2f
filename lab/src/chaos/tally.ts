/** The faults that chaos is made of. */
export const faultKinds = [
  'core-killed',
  'component-killed',
  'function-killed',
  'greengrass-restarted',
  'network-cut',
  'network-delay',
  'network-loss',
  'call-failed',
  'disk-full',
  'clock-jump',
  'certificate-deactivated',
  'job-cancelled',
  'job-deleted',
  'job-timed-out',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** What happened, counted. */
export interface Tally {
  count: (kind: FaultKind) => void
  /** A kind that cannot be brought about here, and why. */
  skip: (kind: FaultKind, why: string) => void
  violation: (text: string) => void
  readonly violations: readonly string[]
  readonly faults: number
  /** Kinds that never happened though they could have. */
  missing: () => FaultKind[]
  /** Each kind with its count. */
  line: () => string
}

export function tally(): Tally {
  const counts = new Map<FaultKind, number>(faultKinds.map(kind => [kind, 0]))
  const skipped = new Map<FaultKind, string>()
  const violations: string[] = []
  return {
    count: kind => void counts.set(kind, (counts.get(kind) ?? 0) + 1),
    skip: (kind, why) => void skipped.set(kind, why),
    violation: text => void violations.push(text),
    violations,
    get faults() {
      return [...counts.values()].reduce((sum, count) => sum + count, 0)
    },
    missing: () => faultKinds.filter(kind => counts.get(kind) === 0 && !skipped.has(kind)),
    line: () =>
      faultKinds
        .map(kind => `${kind}=${skipped.has(kind) ? `skipped(${skipped.get(kind)})` : counts.get(kind)}`)
        .join(' '),
  }
}
