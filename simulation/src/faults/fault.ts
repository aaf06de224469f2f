/** What can befall a message on its way. */
export const messageFaults = ['lost', 'late', 'twice', 'overtaken'] as const
/** What can befall an event that starts a function: also that two copies of it are at work at once. */
export const eventFaults = [...messageFaults, 'doubled'] as const
/** What can befall a device before or after it carries out an order of its state machine. */
export const cutFaults = ['component-killed', 'greengrass-restarted', 'power-cut'] as const
/** The same, of a device whose identity is in a token: that may also be there much later than Greengrass. */
export const tokenCutFaults = [...cutFaults, 'power-cut-hsm-late'] as const
/** What can befall a device before it writes to its disk: the power goes, and leaves what was not synced in that state. */
export const writeFaults = ['power-cut-forgets', 'power-cut-tears'] as const
/** What operators, other programs and time itself can do at any moment. */
export const momentFaults = [
  'execution-cancelled',
  'execution-timed-out',
  'job-deleted',
  'thing-removed-from-job',
  'new-deactivated',
  'new-activated',
  'new-refused',
  'new-permitted',
] as const
/** What can befall a function at a call to AWS. */
export const callFaults = ['function-killed'] as const

export type MessageFault = (typeof eventFaults)[number]
export type CutFault = (typeof tokenCutFaults)[number]
export type WriteFault = (typeof writeFaults)[number]
export type MomentFault = (typeof momentFaults)[number]
export type CallFault = (typeof callFaults)[number]
export type Fault = MessageFault | CutFault | WriteFault | MomentFault | CallFault

/** A place in a run where something can go wrong, with what can go wrong there. */
export interface Point<F extends Fault = Fault> {
  /** Told in stories: `create to the cloud`, `before install`, `after AttachPolicy of create-certificate`. */
  where: string
  thing: string
  faults: readonly F[]
}

/** Decides what goes wrong. Every point of a run is shown to it once, in order. */
export interface Fates {
  at<F extends Fault>(point: Point<F>): F | undefined
  /**
   * Whether it lets the next point pass whatever can go wrong there. Then that point counts as shown, and nobody needs to
   * find out what could.
   */
  passes?(): boolean
}

export const goodLuck: Fates = { at: () => undefined }
