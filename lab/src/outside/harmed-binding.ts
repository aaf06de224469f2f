import type { Binding, Cryptoki } from '@rotator/component/identities/pkcs11/pkcs11js-binding'

/**
 * What becomes of a token under a process.
 *
 * - `cut`: the process ends before the call; the token keeps what is done, and sessions with all that is theirs are gone
 * - `failed call`: the call is answered with an error and not done
 * - `kill`: the same, but it is this very process that ends
 * - `lost session`: the session is gone before the call, as with a token that was pulled and put back
 */
export const harms = ['cut', 'failed call', 'lost session'] as const
export type Harm = (typeof harms)[number] | 'kill'

type Perform = (...args: unknown[]) => unknown

/** A binding over a real library, to whose n-th call something happens; it counts from 0. */
export class HarmedBinding {
  readonly binding: Binding
  /** The functions of the standard that were called, in their order. */
  readonly calls: string[] = []
  readonly #harm: Harm
  readonly #at: number
  #library: Cryptoki | undefined
  #isDead = false

  constructor(real: Binding, harm: Harm, at: number) {
    this.#harm = harm
    this.#at = at
    const guard = (library: Cryptoki): Cryptoki => {
      this.#library = library
      return this.#guard(library)
    }
    function Guarded(): Cryptoki {
      return guard(new real.PKCS11())
    }
    this.binding = { ...real, PKCS11: asConstructor(Guarded) }
  }

  /** The numbers of the calls before which the token holds something else than one call earlier, and of the first. */
  get turningPoints(): number[] {
    return [...this.calls.keys()].filter(number => number === 0 || changing.has(this.calls[number - 1] ?? ''))
  }

  /** Whether it came to it. */
  get hasFired(): boolean {
    return this.calls.length > this.#at
  }

  /** What the end of a process does, so that the next use of the library is as in another process. */
  end(): void {
    quietly(() => this.#library?.C_Finalize())
  }

  #guard(library: Cryptoki): Cryptoki {
    return new Proxy(library, {
      get: (target, name) => {
        const perform = functionOf(target, name)
        return String(name).startsWith('C_') ? this.#call(target, String(name), perform) : perform
      },
    })
  }

  #call(library: Cryptoki, name: string, perform: Perform): Perform {
    return (...args) => {
      const number = this.calls.push(name) - 1
      if (number === this.#at) this.#befall(library)
      if (this.#isDead) throw new Error('CKR_CRYPTOKI_NOT_INITIALIZED:400')
      return perform(...args)
    }
  }

  #befall(library: Cryptoki): void {
    if (this.#harm === 'kill') process.kill(process.pid, 'SIGKILL')
    if (this.#harm === 'failed call') throw new Error('CKR_FUNCTION_FAILED:6')
    this.#isDead = this.#harm === 'cut'
    // Nothing may be open yet, or any more.
    quietly(() => library.C_Finalize())
    if (!this.#isDead) quietly(() => library.C_Initialize())
  }
}

const changing: ReadonlySet<string> = new Set([
  'C_GenerateKeyPair',
  'C_CreateObject',
  'C_CopyObject',
  'C_SetAttributeValue',
  'C_DestroyObject',
])

const asConstructor = (make: () => Cryptoki): Binding['PKCS11'] => make as unknown as Binding['PKCS11']

const functionOf = (library: Cryptoki, name: string | symbol): Perform =>
  (Reflect.get(library, name) as Perform).bind(library)

function quietly(perform: () => void): void {
  try {
    perform()
  } catch {
    // It does not matter here.
  }
}
