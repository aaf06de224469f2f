export type Direction = 'to-cloud' | 'to-device'

/** What a network does to those who use it. */
export type Weather =
  | { kind: 'open' }
  /** Whoever connects is reset, as by a host that is up and listens no more. */
  | { kind: 'refused' }
  /** Each piece of data arrives so much later, and no more than so many bytes a second. */
  | { kind: 'slow'; delayMs: number; bytesPerSecond?: number }
  /** What is sent is gone and nobody is told, in one direction (a half-open connection) or both. */
  | { kind: 'black-hole'; only?: Direction }

export const open: Weather = { kind: 'open' }

/** Milliseconds that data takes by itself, for its length, in this weather. */
export function paceMs(weather: Weather, bytes: number): number {
  if (weather.kind !== 'slow' || weather.bytesPerSecond === undefined) return 0
  return (bytes / weather.bytesPerSecond) * 1000
}

export const latencyMs = (weather: Weather): number => (weather.kind === 'slow' ? weather.delayMs : 0)

export const swallows = (weather: Weather, direction: Direction): boolean =>
  weather.kind === 'black-hole' && (weather.only === undefined || weather.only === direction)
