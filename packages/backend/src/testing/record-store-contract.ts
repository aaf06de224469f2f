import type { ThingName } from '@rotator/protocol/ids'
import { expect, test } from 'vitest'
import type { RecordStore } from '../aws/record-store.ts'

/** A store, and a thing that has no record yet. */
export interface RecordStoreSubject {
  records: RecordStore
  thing: ThingName
}

/** What every implementation of {@link RecordStore} must do. */
export function recordStoreContract(make: () => Promise<RecordStoreSubject> | RecordStoreSubject): void {
  test('there is no record before the first mark', async () => {
    const { records, thing } = await make()
    expect(await records.read(thing)).toBeUndefined()
    await records.mark(thing)
    expect(await records.read(thing)).toMatchObject({ reported: { schema: 2 } })
  })

  test('a mark overwrites nothing', async () => {
    const { records, thing } = await make()
    await records.mark(thing)
    const version = (await records.read(thing))?.version ?? Number.NaN
    const written = await records.write(thing, { progress: 'created' }, version)
    expect(written).toBe((await records.read(thing))?.version)
    await records.mark(thing)
    expect((await records.read(thing))?.reported).toEqual({ schema: 2, progress: 'created' })
  })

  test('of two writes on one version one is lost and changes nothing', async () => {
    const { records, thing } = await make()
    await records.mark(thing)
    const version = (await records.read(thing))?.version ?? Number.NaN
    const outcomes = await Promise.all([
      records.write(thing, { progress: 'created', first: true }, version),
      records.write(thing, { progress: 'created', second: true }, version),
    ])
    expect(outcomes.filter(outcome => outcome === 'lost')).toHaveLength(1)
    const reported = (await records.read(thing))?.reported
    expect(Object.keys(Object(reported))).toHaveLength(3)
  })

  test('a null removes a field and leaves the others', async () => {
    const { records, thing } = await make()
    await records.mark(thing)
    const first = (await records.read(thing))?.version ?? Number.NaN
    await records.write(thing, { keep: 'a', told: true }, first)
    const second = (await records.read(thing))?.version ?? Number.NaN
    await records.write(thing, { keep: null }, second)
    expect((await records.read(thing))?.reported).toEqual({ schema: 2, told: true })
  })
}
