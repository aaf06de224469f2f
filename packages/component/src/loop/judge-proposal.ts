import type { Algorithms } from '@rotator/protocol/algorithms'
import type { Validity } from '../greengrass-ipc/operations.ts'
import type { KeyHome } from '../keys/key-home.ts'
import { messageOf } from '../message-of.ts'
import type { Timers } from '../timers.ts'
import { chooseConfigured } from './configured.ts'

/** Greengrass waits 20 s for the answer, in milliseconds; some are left for it to arrive. */
const answerWithinMs = 15_000

/**
 * The answer to a deployment that proposes a configuration: by the names, then by where the key is kept.
 *
 * There is always one, and in time. What cannot be found out is rejected: deployed, it might fail every rotation.
 */
export async function judgeProposal(
  { home, timers }: { home: KeyHome; timers: Timers },
  configuration: unknown,
): Promise<Validity> {
  const choice = chooseConfigured(configuration)
  if (!choice.ok) return rejected(choice.problem)
  const late = Promise.withResolvers<string>()
  const cancel = timers.after(answerWithinMs, () => {
    late.resolve(notFoundOut(`it took more than ${answerWithinMs / 1000} seconds`))
  })
  const refusal = await Promise.race([refusalOf(home, choice.algorithms), late.promise])
  cancel()
  return refusal === undefined ? { status: 'ACCEPTED' } : rejected(refusal)
}

const rejected = (message: string): Validity => ({ status: 'REJECTED', message })

async function refusalOf(home: KeyHome, algorithms: Algorithms): Promise<string | undefined> {
  try {
    return await home.refusal(algorithms)
  } catch (error) {
    return notFoundOut(messageOf(error))
  }
}

const notFoundOut = (why: string): string =>
  `Whether this device can use keyAlgorithm and signingAlgorithm could not be found out: ${why.replace(/\.$/u, '')}. Deploy again when that is repaired.`
