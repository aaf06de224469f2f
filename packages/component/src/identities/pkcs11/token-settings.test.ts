import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { IpcError } from '../../greengrass-ipc/ipc-error.ts'
import { askForSettings } from './ask-for-settings.ts'
import { fromWire, parseTokenPlace, toWire } from './token-settings.ts'

const pin = '8492-pin'
const good = { name: 'softhsm', library: '/usr/lib/softhsm.so', slot: 7, userPin: pin }

test.each([
  ['as a nucleus gives it', good, pin],
  ['with numbers as texts', { ...good, slot: '7' }, pin],
  ['with a PIN that is a number', { ...good, userPin: 4711 }, '4711'],
])('the configuration of the provider is read %s', (_name, configuration, expected) => {
  const place = parseTokenPlace(configuration)
  expect(place).toMatchObject({ ok: true, value: { library: '/usr/lib/softhsm.so', slot: 7 } })
  expect(place.ok && place.value.userPin.reveal()).toBe(expected)
})

test.each([
  ['nothing', undefined, 'library, slot, userPin'],
  ['no library', { ...good, library: '' }, 'library'],
  ['a slot that is a name', { ...good, slot: 'first' }, 'slot'],
  ['a negative slot', { ...good, slot: -1 }, 'slot'],
  ['half a slot', { ...good, slot: 1.5 }, 'slot'],
  ['an empty PIN', { ...good, userPin: '' }, 'userPin'],
  ['a list for a PIN', { ...good, userPin: [pin] }, 'userPin'],
])('A6: %s is told by the names of what is wrong, and by no value', (_name, configuration, names) => {
  const place = parseTokenPlace(configuration)
  expect(place).toEqual({
    ok: false,
    problem: `The configuration of aws.greengrass.crypto.Pkcs11Provider lacks a usable ${names}. Set that, as Greengrass itself needs it to connect with this HSM.`,
  })
})

test('A6: the settings show no PIN however they are printed; only the wire to a child has it', async () => {
  const settings = await askForSettings(async () => good, 'device')()
  for (const shown of [JSON.stringify(settings), inspect(settings), String(settings.userPin)]) {
    expect(shown).not.toContain(pin)
  }
  expect(toWire(settings)).toEqual({ label: 'device', library: good.library, slot: 7, userPin: pin })
  expect(fromWire(toWire(settings)).userPin.reveal()).toBe(pin)
})

test('D12: while Greengrass does not answer, what it said last counts', async () => {
  let answer: () => unknown = () => good
  const ask = askForSettings(async () => answer(), 'device')
  const known = await ask()
  answer = () => {
    throw new IpcError('IPC_DISCONNECTED', 'The socket is gone.')
  }
  expect(await ask()).toBe(known)
  answer = () => {
    throw new IpcError('IPC_SERVICE_ERROR', 'Greengrass refused GetConfiguration.', 'ResourceNotFoundError')
  }
  await expect(ask()).rejects.toThrow('Greengrass refused GetConfiguration.')
  answer = () => ({ ...good, userPin: 'changed' })
  expect((await ask()).userPin.reveal()).toBe('changed')
})

test.each([
  [
    new IpcError('IPC_TIMEOUT', 'No answer.'),
    { code: 'HSM_FAILED', message: /No answer\. .*Pkcs11Provider/u },
  ],
  [
    new IpcError('IPC_SERVICE_ERROR', 'Key not found.', 'ResourceNotFoundError'),
    { code: 'HSM_FAILED', message: /classic nucleus/u },
  ],
])('settings that nobody gives are missing with the reason', async (error, { code, message }) => {
  const ask = askForSettings(async () => {
    throw error
  }, 'device')
  await expect(ask()).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
})

test('settings of no use are told, and a fault of ours stays one', async () => {
  await expect(askForSettings(async () => ({}), 'device')()).rejects.toMatchObject({ code: 'HSM_FAILED' })
  const broken = askForSettings(async () => {
    throw new TypeError('a bug')
  }, 'device')
  await expect(broken()).rejects.toThrow(TypeError)
})
