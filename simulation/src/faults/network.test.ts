import { expect, test } from 'vitest'
import { VirtualClock } from '../kernel/virtual-clock.ts'
import { untold } from '../story/story.ts'
import { type Fates, goodLuck, type MessageFault } from './fault.ts'
import { type Lane, Network } from './network.ts'

/** Sends `first`, which fate falls upon, and `second` a second later. @returns what arrived, in order */
function carried(
  fault: MessageFault | undefined,
  lane: Lane = 'to the cloud',
  copies: number[] = [],
): string[] {
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
    network.carry(lane, 'dev1', what, () => {
      arrived.push(what)
      copies.push(clock.now())
    })
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

test('a message that is sent twice arrives again later', () => {
  expect(carried('twice')).toEqual(['first', 'second', 'first'])
})

test('a doubled event arrives twice at almost the same time, and no other message does', () => {
  const times: number[] = []
  expect(carried('doubled', 'inside the cloud', times)).toEqual(['first', 'first', 'second'])
  expect(times.slice(0, 2)).toEqual([50, 60])
  expect(carried('doubled')).toEqual(['first', 'second'])
})

test('messages take as long as chance has it', () => {
  const clock = new VirtualClock(0)
  const network = new Network({
    clock,
    fates: goodLuck,
    story: untold,
    random: () => 0.1,
    beforeDelivery: () => {},
  })
  network.carry('to the cloud', 'dev1', 'first', () => {})
  expect(clock.next()).toBe(30)
})
