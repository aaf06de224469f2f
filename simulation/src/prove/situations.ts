import { inToken } from './in-token.ts'
import { lostMemory } from './lost-memory.ts'
import { nucleusTroubles } from './nucleus.ts'
import { ordinary } from './ordinary.ts'
import { othersSpeak } from './others-speak.ts'
import { recordTroubles } from './records.ts'
import { refusals } from './refusals.ts'
import { replacedByHand } from './replaced-by-hand.ts'
import type { Situation } from './situation.ts'
import { worstMoments } from './worst-moments.ts'

export const situations: readonly Situation[] = [
  ...ordinary,
  ...worstMoments,
  ...inToken,
  ...lostMemory,
  ...refusals,
  ...nucleusTroubles,
  ...replacedByHand,
  ...recordTroubles,
  ...othersSpeak,
]
