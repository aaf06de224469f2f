import type { Weather } from '../../cloud/backend-functions.ts'
import { minuteMs, secondMs } from '../../kernel/durations.ts'
import { atOnce, type Happening, type Stage } from '../happening.ts'

/** For a while calls fail, or are slow, as often as chance chooses from these. */
const callsFail =
  (failure: Weather['failure'], probabilities: readonly number[]) =>
  ({ world, chance, after, fired }: Stage): void => {
    const probability = chance.oneOf(probabilities)
    const weather: Weather = {
      failure,
      fails: () => {
        const isHit = chance.happens(probability)
        if (isHit) fired()
        return isHit
      },
    }
    world.cloud.weathers.add(weather)
    after(chance.below(2 * minuteMs), () => {
      world.cloud.weathers.delete(weather)
    })
  }

/** What AWS does now and then. */
export const happeningsToTheCloud: Readonly<Record<string, Happening>> = {
  'lists-are-stale': {
    ids: 'C4',
    begin: atOnce(({ world, chance, after }) => {
      const { consistency } = world.cloud.registry
      consistency.listDelayMs = 1 + chance.below(20 * secondMs)
      after(chance.below(20 * minuteMs), () => {
        consistency.listDelayMs = 0
      })
    }),
  },
  'detaching-spreads-slowly': {
    ids: 'C6',
    begin: atOnce(({ world, chance, after }) => {
      const { consistency } = world.cloud.registry
      consistency.detachDelayMs = 1 + chance.below(30 * secondMs)
      after(chance.below(20 * minuteMs), () => {
        consistency.detachDelayMs = 0
      })
    }),
  },
  'calls-are-throttled': { ids: 'C3', begin: callsFail('throttled', [0.05, 0.3, 1]) },
  'answers-of-calls-are-lost': { ids: 'C1', begin: callsFail('answer-lost', [0.05, 0.3]) },
  'calls-are-slow': { ids: 'C1', begin: callsFail('slow', [0.05, 0.3, 1]) },
  'job-events-are-switched-off': {
    ids: 'C12, M14',
    begin: atOnce(({ world, chance, after }) => {
      const set = (Enabled: boolean) => {
        world.cloud.call('iot', 'UpdateEventConfigurations', {
          eventConfigurations: { JOB_EXECUTION: { Enabled } },
        })
      }
      set(false)
      after(chance.below(30 * minuteMs), () => {
        set(true)
      })
    }),
  },
}
