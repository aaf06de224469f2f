import type { Effect } from './effects.ts'
import { freshLive } from './live.ts'
import type { DurableState, State } from './state.ts'
import type { EdgeId } from './transitions.ts'

/** What a phase makes of an event. `enter` asks for the effects of the state's entry as well. */
export interface Move {
  state: State
  effects: Effect[]
  enter: boolean
  edge?: EdgeId
}

/** The phase goes on, perhaps knowing more, and does these things. */
export const stay = (state: State, ...effects: Effect[]): Move => ({ state, effects, enter: false })

/** The phase begins again with what it sets in motion, as after a restart of the component. */
export const reenter = (state: State): Move => ({ state, effects: [], enter: true })

/** The phase is left along one edge of the transition table; the next one starts with all counters at zero. */
export const go = (edge: EdgeId, state: DurableState): Move => ({
  state: { ...state, live: freshLive },
  effects: [],
  enter: true,
  edge,
})
