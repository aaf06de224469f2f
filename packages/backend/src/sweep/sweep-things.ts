import { isInShare } from './share.ts'
import type { Cursor } from './sweep-run.ts'
import type { Walk } from './walk.ts'

/**
 * Looks at the records of the things whose turn it is: a job that was deleted cannot be found by its executions, nor
 * can a certificate that waits to be retired.
 *
 * @returns where to go on; undefined at the end
 */
export async function sweepThings(walk: Walk, from: string | undefined): Promise<Cursor | undefined> {
  let page = from
  for (;;) {
    const listed = await walk.paced(() => walk.deps.things.list(page))
    await walk.lookAt(listed.items.filter(thing => isInShare(thing, walk.run)).map(thing => ({ thing })))
    if (listed.next === undefined) return undefined
    page = listed.next
    if (walk.isTimeUp) return { at: 'things', page }
  }
}
