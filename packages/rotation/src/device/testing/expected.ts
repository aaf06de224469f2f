import { type Advanced, advance } from '../advance.ts'
import type { Effect } from '../effects.ts'
import type { DeviceEvent } from '../events.ts'
import { freshLive } from '../live.ts'
import { onEntry } from '../on-entry.ts'
import type { DurableState, State } from '../state.ts'
import type { EdgeId } from '../transitions.ts'

/** What a step is expected to be, in the words of the tables of the phases. */

export const stays = (state: State, ...effects: Effect[]): Advanced => ({ state, effects })

/** The phase begins again, as after a restart of the component. */
export const begins = (state: State): Advanced => ({ state, effects: onEntry(state) })

export function goes(edge: EdgeId, next: DurableState): Advanced {
  const state = { ...next, live: freshLive }
  return { state, effects: onEntry(state), edge }
}

/** A row of a table: what happens, the state, the event, and what is expected of them. */
export type Row = [string, State, DeviceEvent, Advanced]

/** Every step on the way, for stories of several events. */
export function follow(state: State, ...events: DeviceEvent[]): Advanced {
  return events.reduce<Advanced>((so, event) => advance(so.state, event), { state, effects: [] })
}
