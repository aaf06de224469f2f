import { type Clock, delay, orTimeout } from '../clock.ts'

export type ComponentUpdateEvent =
  | { readonly preUpdateEvent: { readonly deploymentId: string; readonly isGgcRestarting: boolean } }
  | { readonly postUpdateEvent: { readonly deploymentId: string } }

/** Components that want to hear of updates and may put them off. */
export interface ComponentUpdates {
  readonly add: (component: string, tell: (event: ComponentUpdateEvent) => void) => () => void
  readonly isSubscribed: (component: string) => boolean
  /** False where nobody waits for this answer any more. */
  readonly defer: (component: string, deploymentId: string, recheckAfterMs: number) => boolean
  /** Asks everybody until nobody defers; who does not answer within `timeoutMs` agrees. */
  readonly untilAgreed: (
    deploymentId: string,
    options: { readonly isGgcRestarting: boolean; readonly timeoutMs: number },
  ) => Promise<void>
  readonly tellDone: (deploymentId: string) => void
}

export function createComponentUpdates(clock: Clock): ComponentUpdates {
  const listeners = new Map<string, Set<(event: ComponentUpdateEvent) => void>>()
  let waiting = new Map<string, (recheckAfterMs: number) => void>()
  const keyOf = (component: string, deploymentId: string) => JSON.stringify([component, deploymentId])
  const tellAll = (event: ComponentUpdateEvent) => {
    for (const tells of listeners.values()) for (const tell of tells) tell(event)
  }

  const askOnce = async (deploymentId: string, isGgcRestarting: boolean, timeoutMs: number) => {
    waiting = new Map()
    const answers = [...listeners.keys()].map(component => {
      const answer = new Promise<number>(resolve => {
        waiting.set(keyOf(component, deploymentId), resolve)
      })
      return orTimeout(clock, timeoutMs, answer)
    })
    tellAll({ preUpdateEvent: { deploymentId, isGgcRestarting } })
    const rechecksMs = (await Promise.all(answers)).map(answer => (answer === 'timeout' ? 0 : answer))
    waiting = new Map()
    return Math.max(0, ...rechecksMs)
  }

  return {
    add: (component, tell) => {
      const tells = listeners.get(component) ?? new Set()
      listeners.set(component, tells.add(tell))
      return () => {
        tells.delete(tell)
        if (tells.size === 0) listeners.delete(component)
      }
    },
    isSubscribed: component => listeners.has(component),
    defer: (component, deploymentId, recheckAfterMs) => {
      const key = keyOf(component, deploymentId)
      const answer = waiting.get(key)
      waiting.delete(key)
      answer?.(recheckAfterMs)
      return answer !== undefined
    },
    untilAgreed: async (deploymentId, { isGgcRestarting, timeoutMs }) => {
      for (;;) {
        const recheckAfterMs = await askOnce(deploymentId, isGgcRestarting, timeoutMs)
        if (recheckAfterMs === 0) return
        await delay(clock, recheckAfterMs)
      }
    },
    tellDone: deploymentId => tellAll({ postUpdateEvent: { deploymentId } }),
  }
}
