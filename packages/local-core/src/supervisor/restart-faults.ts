/** How a restart that is asked for through systemctl goes wrong, set by a lab. */
export interface RestartFault {
  /** `swallow`: says yes and does nothing; `fail`: says no; `slow`: waits first. */
  readonly kind: 'swallow' | 'fail' | 'slow'
  readonly delayMs: number
  /** How many restarts it still hits; null for all. */
  readonly times: number | null
}

/** The fault that is set, and how often faults have hit. */
export interface RestartFaults {
  readonly set: (fault: RestartFault | null) => void
  /** The fault that hits the restart being asked for. */
  readonly take: () => RestartFault | undefined
  readonly fired: () => number
}

export function createRestartFaults(): RestartFaults {
  let present: { readonly fault: RestartFault; left: number } | undefined
  let fired = 0
  return {
    set: fault => {
      present = fault === null ? undefined : { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
    },
    take: () => {
      if (present === undefined || present.left <= 0) return undefined
      present.left--
      fired++
      return present.fault
    },
    fired: () => fired,
  }
}
