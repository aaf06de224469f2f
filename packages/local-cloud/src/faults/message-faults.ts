import type { Clock } from '../clock.ts'

/** A fault in force. It says how often it struck, so that a test can show that it did. */
export interface Fault {
  readonly fired: number
  /** Messages pass again from now on. */
  stop(): void
}

export interface HeldMessages extends Fault {
  /** Delivers what was held, oldest first, and holds nothing more. */
  release(): void
}

/** What tests do to messages on their way into a service and out of it. Topics are matched as a whole string. */
export interface MessageFaults {
  lose(topics: RegExp, times?: number): Fault
  /** Delivers each message twice, at once. */
  duplicate(topics: RegExp, times?: number): Fault
  delay(topics: RegExp, delayMs: number, times?: number): Fault
  hold(topics: RegExp): HeldMessages
  /** Requests to these topics are rejected with the code and have no effect. */
  refuse(topics: RegExp, code: string, times?: number): Fault
  /** Takes one message through the faults in force; the first that matches decides. */
  pass(topic: string, deliver: () => void): void
  /** The code with which a request to this topic is to be rejected, if it is. */
  refusalOf(topic: string): string | undefined
}

interface Rule {
  topics: RegExp
  remaining: number
  fired: number
  strike(deliver: () => void): void
}

export function createMessageFaults(clock: Clock): MessageFaults {
  const rules = new Set<Rule>()
  const refusals = new Set<Rule & { code: string }>()

  function add(topics: RegExp, times: number, strike: Rule['strike']): Fault {
    return inSet(rules, { topics, remaining: times, fired: 0, strike })
  }

  return {
    lose: (topics, times = Infinity) => add(topics, times, () => undefined),
    duplicate: (topics, times = Infinity) =>
      add(topics, times, deliver => {
        deliver()
        deliver()
      }),
    delay: (topics, delayMs, times = Infinity) =>
      add(topics, times, deliver => void clock.after(delayMs, deliver)),
    hold(topics) {
      const held: (() => void)[] = []
      const fault = add(topics, Infinity, deliver => void held.push(deliver))
      return {
        get fired() {
          return fault.fired
        },
        stop: () => fault.stop(),
        release() {
          fault.stop()
          for (const deliver of held.splice(0)) deliver()
        },
      }
    },
    refuse: (topics, code, times = Infinity) =>
      inSet(refusals, { topics, remaining: times, fired: 0, strike: () => undefined, code }),
    pass(topic, deliver) {
      const rule = inForce(rules, topic)
      if (rule === undefined) deliver()
      else rule.strike(deliver)
    },
    refusalOf: topic => inForce(refusals, topic)?.code,
  }
}

function inForce<R extends Rule>(set: Set<R>, topic: string): R | undefined {
  for (const rule of set) {
    if (rule.remaining === 0 || !rule.topics.test(topic)) continue
    rule.remaining -= 1
    rule.fired += 1
    return rule
  }
  return undefined
}

function inSet<R extends Rule>(set: Set<R>, rule: R): Fault {
  set.add(rule)
  return {
    get fired() {
      return rule.fired
    },
    stop: () => void set.delete(rule),
  }
}
