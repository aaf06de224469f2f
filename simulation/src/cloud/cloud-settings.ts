/** What an operator chooses at deployment. */
export interface CloudSettings {
  retireDelaySeconds: number
  retireHoldSeconds: number
  sweepEverySeconds: number
}
