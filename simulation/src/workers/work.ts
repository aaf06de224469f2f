/** A share of a simulation, for one process. */
export type Work =
  | { what: 'exhaustive'; mostFaults: number; share: number; of: number }
  /** Every `of`-th seed, beginning with the first. */
  | { what: 'seeded'; first: number; runs: number; of: number }

/** What a process says of its work as it goes on. */
export type News =
  | { kind: 'progress'; schedules: number; rotations: number; succeeded: number; faults: number }
  /** `replay` is what to give to `--replay`. */
  | { kind: 'violation'; replay: string; broken: readonly string[] }
  | { kind: 'done' }
