import type { Message } from './events.ts'
import { isBareAnswer } from './replies.ts'
import type { State } from './state.ts'

/** More than a forger, or a stray reply of earlier times, gets in before a backend that is there has answered. */
const bareAnswersNeeded = 3

/**
 * Notices that a backend was put back to version 1 in the middle of a rotation.
 *
 * A backend that has shown once that it says what it answers does so always, so a bare reply is nobody's and is dropped.
 * But one bare reply after the other, to as many questions, and never a full one in between, is another backend: without
 * this the device would ask it for ever.
 */
export function noticePartner(state: State, event: Message): State {
  if (!('backend' in state) || state.backend !== 'v2') return state
  const isBare = isBareAnswer(event)
  const request = state.phase === 'ask' ? 'create' : 'commit'
  if (isBare === undefined || !event.kind.startsWith(request)) return state
  const { bareAnswers, bareAt, attempt } = state.live
  if (!isBare) return { ...state, live: { ...state.live, bareAnswers: 0 } }
  if (bareAnswers > 0 && bareAt === attempt) return state
  const live = { ...state.live, bareAnswers: bareAnswers + 1, bareAt: attempt }
  if (live.bareAnswers < bareAnswersNeeded) return { ...state, live }
  // What was asked before may have been recorded by either of them.
  return 'repeated' in state
    ? { ...state, backend: 'v1', repeated: true, live }
    : { ...state, backend: 'v1', live }
}
