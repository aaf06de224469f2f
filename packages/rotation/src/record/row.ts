/** One row of the record's table, in words. */
export interface Row {
  from: string
  event: string
  /** The progress afterwards; "–" where nothing is written. */
  to: string
  consequence: string
}
