/** One stream of a connection, open until its end; then its tasks run. */
export interface Stream {
  readonly id: number
  readonly isOpen: () => boolean
  readonly onEnd: (task: () => void) => void
  readonly end: () => void
}

/** The streams of a connection. The client numbers them upwards from 1. */
export interface StreamTable {
  /** Undefined where the number is not new. */
  readonly open: (id: number) => Stream | undefined
  readonly get: (id: number) => Stream | undefined
  /** Whether the number was used, be it open or ended. */
  readonly wasUsed: (id: number) => boolean
  readonly endAll: () => void
}

export function createStreamTable(): StreamTable {
  const streams = new Map<number, Stream>()
  let highestId = 0
  return {
    get: id => streams.get(id),
    wasUsed: id => id <= highestId,
    open: id => {
      if (id <= highestId) return undefined
      highestId = id
      const stream = createStream(id, () => streams.delete(id))
      streams.set(id, stream)
      return stream
    },
    endAll: () => {
      for (const stream of streams.values()) stream.end()
    },
  }
}

function createStream(id: number, ended: () => void): Stream {
  const tasks: (() => void)[] = []
  let open = true
  return {
    id,
    isOpen: () => open,
    onEnd: task => {
      if (open) tasks.push(task)
      else task()
    },
    end: () => {
      if (!open) return
      open = false
      ended()
      for (const task of tasks) task()
    },
  }
}
