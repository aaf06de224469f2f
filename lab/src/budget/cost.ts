/** What AWS meters of one rotation, with the list price of US East (N. Virginia) in dollars for a million. */
export interface Metered {
  what: string
  times: number
  /** Dollars for a million. */
  perMillion: number
}

/**
 * Sources: the pricing pages of AWS IoT Core, with "additional metering details", AWS IoT Device Management, AWS Lambda
 * and Amazon SQS. Registry operations that are metered are attaching a principal and listing principals; certificates
 * and policies are not; the V2 listing, which that page does not name, is taken for the first one. Free tiers are left out.
 */
export const metered: readonly Metered[] = [
  { what: 'a remote action of AWS IoT Jobs', times: 1, perMillion: 3_000 },
  { what: 'operations of registry and shadows, of 1 KB (about)', times: 11, perMillion: 1.25 },
  {
    what: 'messages of the device and to it, of 5 KB, with those of AWS IoT Jobs (about)',
    times: 14,
    perMillion: 1,
  },
  { what: 'rules that are triggered', times: 3, perMillion: 0.15 },
  { what: 'actions of rules', times: 3, perMillion: 0.15 },
  { what: 'invocations of functions', times: 4, perMillion: 0.2 },
  {
    what: 'gigabyte-seconds of functions on arm64, at 1 s of 256 MB each (about)',
    times: 1,
    perMillion: 13.34,
  },
  { what: 'requests to the queue (about)', times: 4, perMillion: 0.4 },
]

/** Dollars for one rotation. */
export const costOfRotation = (): number =>
  metered.reduce((sum, { times, perMillion }) => sum + (times * perMillion) / 1_000_000, 0)
