import type { Effect, TimerName } from './effects.ts'
import type { Phase } from './state.ts'
import { pollMs, pollSpreadMs } from './times.ts'

export const armTimer = (phase: Phase, name: TimerName, afterMs: number): Effect => ({
  kind: 'arm-timer',
  name,
  phase,
  afterMs,
  spreadMs: 0,
})

export const armPoll: Effect = {
  kind: 'arm-timer',
  name: 'again',
  phase: 'idle',
  afterMs: pollMs,
  spreadMs: pollSpreadMs,
}
