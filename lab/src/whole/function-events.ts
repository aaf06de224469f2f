import type { CloudTrials } from './cloud-test.ts'
import { type FunctionWord, functionNames } from './function-calls.ts'
import { until } from './rotation.ts'

/** The events with which functions are invoked on behalf of one thing. */
export interface FunctionEvents {
  /** Invocations that were held back, tried again and held back again. */
  readonly held: number
  /** Waits until one was held back. */
  holdsOne(): Promise<void>
  /** Events seen so far, each once, in the order of their first coming. */
  readonly seen: readonly { word: FunctionWord; event: Buffer }[]
  /** Handles all that were seen once more, as a redrive of a dead-letter queue does. */
  again(): Promise<void>
  /** From now on events are handled as they come. */
  release(): void
}

/**
 * Watches the events of a thing, and holds those back that match until they are released.
 *
 * Lambda's own queue holds them: it is told that the function is throttled, and tries again.
 */
export function watchEvents(
  cloud: CloudTrials,
  thingName: string,
  holds: (word: FunctionWord, text: string) => boolean = () => false,
): FunctionEvents {
  const { functions } = cloud.world.cloud.services
  const words = Object.entries(functionNames) as [FunctionWord, string][]
  const seen: { word: FunctionWord; event: Buffer }[] = []
  let isHolding = true
  let held = 0
  const stop = functions.interfere(({ functionName, event }) => {
    const word = words.find(([, name]) => name === functionName)?.[0]
    const text = event.toString()
    if (word === undefined || !isOf(text, thingName)) return undefined
    if (isHolding && holds(word, text)) {
      held += 1
      return { kind: 'refuse' }
    }
    if (!seen.some(one => one.event.equals(event))) seen.push({ word, event })
    return undefined
  })
  cloud.after(stop)
  return {
    get held() {
      return held
    },
    holdsOne: async () => {
      await until(
        `an event of ${thingName} that is held back`,
        () => held,
        count => count > 0,
      )
    },
    seen,
    again: async () => {
      stop()
      for (const { word, event } of seen) await functions.invoke(functionNames[word], event)
    },
    release: () => {
      isHolding = false
    },
  }
}

/** A name that ends another one is not that one. */
const isOf = (text: string, thingName: string): boolean =>
  new RegExp(`\\b${thingName}\\b(?!-)`, 'u').test(text)
