/** Every time that the device waits, in milliseconds. The state machine has no clock: it counts its own timers. */

const seconds = (count: number): number => count * 1000
const minutes = (count: number): number => seconds(60 * count)

const doubling = (firstMs: number, times: number, mostMs: number): number =>
  Math.min(firstMs * 2 ** times, mostMs)

/** A question without an answer is asked again after 5 s, doubling to 60 s. */
export const askAgainMs = (attempt: number): number => doubling(seconds(5), attempt, seconds(60))

/**
 * A version 1 backend answers neither a second create nor a second commit, and a second create while it works
 * on the first leaves the thing blocked. It starts on a message for up to 60 s and works on it for up to 60 s.
 */
export const versionOnePatienceMs = seconds(121)

/** Notifications get lost, so the next job is also polled for; the spread keeps a fleet from asking as one. */
export const pollMs = minutes(5)
export const pollSpreadMs = minutes(1)
/**
 * Who is answered, and has nothing left to clear up, lets so many polls but one pass: once an hour. A fleet at rest shares
 * a fixed quota of reads with the rotations of the account, and pays for each.
 */
export const pollsAtRest = 12

/** After that much silence the identities are compared. */
export const lookAfterMs = seconds(30)
/** Three comparisons, this far apart, make "repeatedly": at least 10 s apart and over at least 2 min. */
export const lookAgainMs = seconds(60)
export const looksNeeded = 3

/** Comparisons, about as far apart, in which only the probe reaches nothing: 10 min, which no passing trouble explains. */
export const looksUntilBlind = 11

/** AWS IoT takes one connection a second from one client id; more would look like refusals. */
export const probeSpacingMs = 1_500

export const notConnectedForLongMs = minutes(10)

/** Greengrass is restarted again after 2 min, doubling to 60 min. */
export const restartAgainMs = (restarts: number): number => doubling(minutes(2), restarts, minutes(60))

/** Where no probe is possible, the other identity is tried after 10 min, doubling with every turn to 60 min. */
export const otherSideAfterMs = (turn: number): number => doubling(notConnectedForLongMs, turn, minutes(60))

/** A version 1 backend retires within 2 min of an execution's end, or never; this is well past it. */
export const settleMs = minutes(10)
