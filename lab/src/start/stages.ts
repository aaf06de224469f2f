import { Listr } from 'listr2'
import { type Stage, type StoryEvent, tell } from './story.ts'

/** One line an event, for logs and pipes. */
export function lineStage(write: (text: string) => void, now: () => number): Stage {
  const startedAt = now()
  let isOpen = true
  return {
    show: (thingName, event) => {
      if (!isOpen) return
      const seconds = ((now() - startedAt) / 1000).toFixed(1).padStart(5)
      write(`${seconds} s  ${thingName}  ${tell(event)}\n`)
    },
    close: async () => {
      isOpen = false
    },
  }
}

/** For runs whose story nobody reads. */
export const silentStage: Stage = { show: () => undefined, close: async () => undefined }

/** One updating row a device, for a terminal. */
export function terminalStage(thingNames: readonly string[]): Stage {
  const rows = new Map(thingNames.map(name => [name, { ...Promise.withResolvers<void>(), show: noShow }]))
  const list = new Listr(
    thingNames.map(name => ({
      title: name,
      task: (_context, task) => {
        const row = rows.get(name)
        if (row === undefined) return undefined
        row.show = event => {
          task.title = `${name}  ${tell(event)}`
        }
        return row.promise
      },
    })),
    { concurrent: true, exitOnError: false, registerSignalListeners: false },
  )
  const finished = list.run()
  return {
    show: (thingName, event) => {
      const row = rows.get(thingName)
      row?.show(event)
      if (event.kind !== 'ended') return
      // What the device does afterwards is not part of the row's end.
      rows.delete(thingName)
      if (event.status === 'SUCCEEDED') row?.resolve()
      else row?.reject(new Error(tell(event)))
    },
    close: async () => {
      for (const row of rows.values()) row.resolve()
      await finished
    },
  }
}

const noShow = (_event: StoryEvent): void => undefined
