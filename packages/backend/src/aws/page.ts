/** A part of a list, and what asks for the next one; undefined on the last. */
export interface Page<T> {
  items: T[]
  next: string | undefined
}

/** The most that AWS IoT lists at once. */
export const pageSize = 250
