import { rmSync } from 'node:fs'
import { test as plainTest } from 'vitest'
import { openWorld } from '../../whole/world.ts'
import { cleanCheckout } from './clean-checkout.ts'

/** Tests of what others' machines run: a clean checkout for the file, and a cloud with the backend deployed. */
export const test = plainTest
  .extend('checkout', { scope: 'file' }, async ({}, { onCleanup }) => {
    const folder = cleanCheckout()
    onCleanup(() => {
      for (const made of [folder, `${folder}.bin`]) rmSync(made, { recursive: true, force: true })
    })
    return folder
  })
  .extend('cloud', { scope: 'file' }, async ({}, { onCleanup }) => {
    const world = await openWorld({ component: false })
    onCleanup(async () => world.close())
    return world.cloud
  })
