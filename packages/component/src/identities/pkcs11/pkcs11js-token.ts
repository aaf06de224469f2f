import { fileURLToPath } from 'node:url'
import { messageOf } from '../../message-of.ts'
import {
  type Binding,
  bindingFileName,
  type Cryptoki,
  loadBinding,
  type NativeHandle,
} from './pkcs11js-binding.ts'
import { calling } from './pkcs11js-call.ts'
import { sessionFlags, slotFlags } from './pkcs11js-constants.ts'
import { Pkcs11jsSession } from './pkcs11js-session.ts'
import type { OpenToken, TokenAnswer, TokenFailure, TokenSession } from './token.ts'

/** Opens tokens through the native file that lies beside the bundle. Only the child loads it, and only for an HSM. */
export const openToken: OpenToken = async (library, slot) => {
  const name = bindingFileName(process.platform, process.arch)
  const file = fileURLToPath(new URL(name, import.meta.url))
  return openTokenWith(() => loadBinding(file))(library, slot)
}

/** @param load gives the native file's exports, or throws */
export const openTokenWith =
  (load: () => Binding): OpenToken =>
  async (library, slot) => {
    const loaded = loadLibrary(load, library)
    if (!loaded.ok) return loaded
    const { cryptoki } = loaded.value
    const initialized = await calling('C_Initialize', () => {
      cryptoki.C_Initialize()
    })
    if (!initialized.ok) return initialized
    const session = await openSession(loaded.value, slot)
    if (!session.ok) {
      await calling('C_Finalize', () => {
        cryptoki.C_Finalize()
      })
    }
    return session
  }

interface Loaded {
  binding: Binding
  cryptoki: Cryptoki
}

function loadLibrary(load: () => Binding, library: string): TokenAnswer<Loaded> {
  let ckr = 'NO_BINDING'
  try {
    const binding = load()
    ckr = 'NOT_LOADED'
    const cryptoki = new binding.PKCS11()
    cryptoki.load(library)
    return { ok: true, value: { binding, cryptoki } }
  } catch (error) {
    return { ok: false, call: 'dlopen', ckr, detail: messageOf(error) }
  }
}

async function openSession({ binding, cryptoki }: Loaded, id: number): Promise<TokenAnswer<TokenSession>> {
  const slot = await findSlot(cryptoki, id)
  if (!slot.ok) return slot
  const info = await calling('C_GetTokenInfo', () => cryptoki.C_GetTokenInfo(slot.value))
  if (!info.ok) return info
  const session = await openEither(cryptoki, slot.value)
  if (!session.ok) return session
  const opened = { binding, cryptoki, slot: slot.value, session: session.value, flags: info.value.flags }
  return { ok: true, value: new Pkcs11jsSession(opened) }
}

async function findSlot(cryptoki: Cryptoki, id: number): Promise<TokenAnswer<NativeHandle>> {
  const listed = await calling('C_GetSlotList', () => cryptoki.C_GetSlotList(false))
  if (!listed.ok) return listed
  const slot = listed.value.find(each => readUlong(each) === BigInt(id))
  if (slot === undefined) return failure('C_GetSlotList', 'CKR_SLOT_ID_INVALID')
  const info = await calling('C_GetSlotInfo', () => cryptoki.C_GetSlotInfo(slot))
  if (!info.ok) return info
  const isThere = (info.value.flags & slotFlags.CKF_TOKEN_PRESENT) !== 0
  return isThere ? { ok: true, value: slot } : failure('C_GetSlotInfo', 'CKR_TOKEN_NOT_PRESENT')
}

/** To write, or where nothing can be written to read: the flags say so, and why is for the store to tell. */
async function openEither(cryptoki: Cryptoki, slot: NativeHandle): Promise<TokenAnswer<NativeHandle>> {
  const open = async (flags: number): Promise<TokenAnswer<NativeHandle>> =>
    calling('C_OpenSession', () => cryptoki.C_OpenSession(slot, flags))
  const toWrite = await open(sessionFlags.CKF_SERIAL_SESSION | sessionFlags.CKF_RW_SESSION)
  return !toWrite.ok && toWrite.ckr === 'CKR_TOKEN_WRITE_PROTECTED'
    ? open(sessionFlags.CKF_SERIAL_SESSION)
    : toWrite
}

const failure = (call: string, ckr: string): TokenFailure => ({ ok: false, call, ckr })

/** Little-endian, as every machine that this is built for is. */
const readUlong = (native: NativeHandle): bigint =>
  native.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
