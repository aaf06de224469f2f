/** What happens to a device during a run, as it is shown and as it is reported. */
export type StoryEvent =
  | { kind: 'phase'; phase: string }
  | { kind: 'disconnected'; identity: 'OLD' | 'NEW' }
  | { kind: 'connected'; identity: 'OLD' | 'NEW' }
  | { kind: 'power-cut' }
  | { kind: 'power-back' }
  | { kind: 'ended'; status: string; reason?: string }

/** Shows the events of all devices; how depends on where the output goes. */
export interface Stage {
  show(thingName: string, event: StoryEvent): void
  /** Ends the view; nothing is shown afterwards. */
  close(): Promise<void>
}

const phases: Readonly<Record<string, string>> = {
  idle: 'waits for a job',
  ask: 'made a new key, asks for a certificate',
  check: 'checks the new certificate',
  install: 'installs the new certificate and key',
  restart: 'restarts Greengrass',
  commit: 'is connected again, commits',
  finish: 'reports success',
  rollback: 'rolls back',
  consent: 'asks whether the old certificate stays',
  forward: 'goes forward again',
  fail: 'reports failure',
  close: 'drops the previous key',
}

export function tell(event: StoryEvent): string {
  switch (event.kind) {
    case 'phase':
      return phases[event.phase] ?? event.phase
    case 'disconnected':
      return `offline (was connected with ${event.identity})`
    case 'connected':
      return `online with ${event.identity}`
    case 'power-cut':
      return 'POWER CUT: core and component killed'
    case 'power-back':
      return 'power is back, starts again'
    case 'ended':
      return event.reason === undefined ? event.status : `${event.status}: ${event.reason}`
  }
}
