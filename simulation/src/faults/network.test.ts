import { expect, test } from 'vitest'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { untold } from '../story/story.ts'
import type { Fates, MessageFault } from './fault.ts'
import { Network } from './network.ts'

/** Sends `first`, which fate falls upon, and `second` a second later. @returns what arrived, in order */
function carried(fault: MessageFault | undefined): string[] {
  const clock = new VirtualClock(0)
  let left = fault
  const fates: Fates = {
    at: ({ faults }) => {
      const chosen = faults.find(one => one === left)
      left = undefined
      return chosen
    },
  }
  const network = new Network({ clock, fates, story: untold, beforeDelivery: () => {} })
  const arrived: string[] = []
  const send = (what: string) => {
    network.carry('to the cloud', 'dev1', what, () => void arrived.push(what))
  }
  send('first')
  clock.after(1_000, () => {
    send('second')
  })
  while (clock.next() !== undefined) clock.ring()
  expect(network.inFlight).toBe(0)
  return arrived
}

test('messages arrive in order where nothing goes wrong', () => {
  expect(carried(undefined)).toEqual(['first', 'second'])
})

test('a lost message never arrives', () => {
  expect(carried('lost')).toEqual(['second'])
})

test('a late message arrives after later ones', () => {
  expect(carried('late')).toEqual(['second', 'first'])
})

test('an overtaken message arrives right behind the next one', () => {
  expect(carried('overtaken')).toEqual(['second', 'first'])
})

test('a doubled message arrives again later', () => {
  expect(carried('twice')).toEqual(['first', 'second', 'first'])
})
