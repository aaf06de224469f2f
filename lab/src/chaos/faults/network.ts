import type { ProxyCounts } from '../../faults/tcp-proxy.ts'
import type { Weather } from '../../faults/weather.ts'
import { type Fault, pause } from '../storm.ts'

/** Another fault of the network may be under way: the last one to end clears up. */
const spell =
  (weather: (pick: <T>(items: readonly T[]) => T) => Weather, ...counted: (keyof ProxyCounts)[]): Fault =>
  async ({ dice, over }, { network }) => {
    const count = () => counted.reduce((sum, kind) => sum + network.counts[kind], 0)
    const before = count()
    network.weather(weather(items => dice.pick(items)))
    await pause(dice.between(1_500, 8_000), over)
    network.weather({ kind: 'open' })
    return count() > before
  }

/** Nothing gets through, and what is connected is cut. */
export const cutNetwork: Fault = spell(() => ({ kind: 'refused' }), 'cut', 'refused')

export const delayNetwork: Fault = spell(
  pick => ({ kind: 'slow', delayMs: pick([100, 400, 1_500]), bytesPerSecond: pick([2_000, 20_000]) }),
  'delayed',
)

/** What is sent is gone, and nobody is told. */
export const loseOnNetwork: Fault = spell(
  pick =>
    pick([
      { kind: 'black-hole' },
      { kind: 'black-hole', only: 'to-device' },
      { kind: 'black-hole', only: 'to-cloud' },
    ]),
  'lost',
)
