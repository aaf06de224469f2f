import { minuteMs, secondMs } from '../../kernel/durations.ts'
import type { Happening } from '../happening.ts'

/** What AWS does now and then. */
export const happeningsToTheCloud: Readonly<Record<string, Happening>> = {
  'lists-are-stale': {
    ids: 'C4',
    begin: ({ world, chance, after }) => {
      const { consistency } = world.cloud.registry
      consistency.listDelayMs = 1 + chance.below(20 * secondMs)
      after(chance.below(20 * minuteMs), () => {
        consistency.listDelayMs = 0
      })
      return true
    },
  },
  'detaching-spreads-slowly': {
    ids: 'C6',
    begin: ({ world, chance, after }) => {
      const { consistency } = world.cloud.registry
      consistency.detachDelayMs = 1 + chance.below(30 * secondMs)
      after(chance.below(20 * minuteMs), () => {
        consistency.detachDelayMs = 0
      })
      return true
    },
  },
  'calls-are-throttled': {
    ids: 'C3',
    begin: ({ world, chance, after }) => {
      const probability = chance.oneOf([0.05, 0.3, 1])
      world.cloud.weather = { failure: 'throttled', fails: () => chance.happens(probability) }
      after(chance.below(2 * minuteMs), () => {
        world.cloud.weather = undefined
      })
      return true
    },
  },
  'answers-of-calls-are-lost': {
    ids: 'C1',
    begin: ({ world, chance, after }) => {
      const probability = chance.oneOf([0.05, 0.3])
      world.cloud.weather = { failure: 'answer-lost', fails: () => chance.happens(probability) }
      after(chance.below(2 * minuteMs), () => {
        world.cloud.weather = undefined
      })
      return true
    },
  },
  'job-events-are-switched-off': {
    ids: 'C12, M14',
    begin: ({ world, chance, after }) => {
      const set = (Enabled: boolean) => {
        world.cloud.call('iot', 'UpdateEventConfigurations', {
          eventConfigurations: { JOB_EXECUTION: { Enabled } },
        })
      }
      set(false)
      after(chance.below(30 * minuteMs), () => {
        set(true)
      })
      return true
    },
  },
}
