import { type Parsed, parseJsonWith } from '@rotator/protocol/parsed'
import * as v from 'valibot'
import { freshLive } from './live.ts'
import { durableStateSchema, type State } from './state.ts'

/** Raised with every change that an older component could misread. */
const journalVersion = 1

const journalSchema = v.object({
  version: v.literal(journalVersion, ({ received }) => `written by another version (${received})`),
  state: durableStateSchema,
})

/** The journal's text: all of the state but what only this process knows. Write it when it differs. */
export function encodeJournal(state: State): string {
  return `${JSON.stringify({ version: journalVersion, state: { ...state, live: undefined } })}\n`
}

/** @returns a problem for a journal that is torn, garbage, or of another version: set it aside and begin anew. */
export function decodeJournal(text: string): Parsed<State> {
  const parsed = parseJsonWith(journalSchema, text)
  return parsed.ok ? { ok: true, value: { ...parsed.value.state, live: freshLive } } : parsed
}
