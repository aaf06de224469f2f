import { deleteBackup, hasBackup, type IdentityFiles, install, rollBack } from './identity-files.ts'
import {
  commit,
  create,
  type FailureReason,
  failed,
  filters,
  inProgress,
  type Message,
  nextJobRequest,
  type Publication,
  readMessage,
  rotationIn,
  succeeded,
} from './messages.ts'

export interface VersionOneDevicePorts {
  thing: string
  files: IdentityFiles
  publish: (publication: Publication) => void
  /** @returns false where there was no answer in 30 s, or a refusal */
  subscribe: (filter: string) => Promise<boolean>
  /** @returns what takes the alarm back */
  after: (delayMs: number, task: () => void) => () => void
  makeKeyAndCsr: () => Promise<{ privateKeyPem: string; csrPem: string }>
  /** The component has ended with 0, and its recipe restarts Greengrass; on Windows it reboots the host. */
  restartGreengrass: () => void
}

export type VersionOneState =
  | 'Starting'
  | 'GettingJob'
  | 'Idle'
  | 'UpdatingJob'
  | 'CreatingCertificate'
  | 'CommittingCertificate'

/** Every state but Idle and Starting gives up after it. */
const patienceMs = 30_000
const nextRoundMs = 10_000
const mainLoopMs = 5_000

/**
 * Version 1.2 of the component (files, not HSM) as a model: its states, its messages and its order of work, with the
 * defects that they have. One object is one life of its process.
 *
 * It keeps nothing but the four files, takes any message of a kind that it waits for as the answer, and reports
 * before it rolls back.
 */
export class VersionOneDevice {
  state: VersionOneState = 'Starting'
  readonly #ports: VersionOneDevicePorts
  #jobId = ''
  #privateKeyPem = ''
  #cancelTimer: (() => void) | undefined
  #hasLeftMainLoop = false
  #isOver = false

  constructor(ports: VersionOneDevicePorts) {
    this.#ports = ports
  }

  /** Subscribes, round after round, then asks for the job. A round that fails with a backup at hand rolls back. */
  async start(): Promise<void> {
    const { files, thing } = this.#ports
    while (!(await this.#subscribeToAll())) {
      if (this.#isOver) return
      if (hasBackup(files)) {
        rollBack(files)
        this.#stop()
        return
      }
      await new Promise<void>(resolve => void this.#ports.after(nextRoundMs, resolve))
    }
    if (this.#isOver) return
    this.#enter('GettingJob')
    this.#ports.publish(nextJobRequest(thing))
  }

  /** Power loss, or the end of Greengrass: nothing of this life happens any more. */
  kill(): void {
    this.#isOver = true
    this.#cancelTimer?.()
  }

  receive(topic: string, payload: string): void {
    const message = this.#isOver ? undefined : readMessage(topic, payload)
    if (message === undefined) return
    try {
      this.#handle(message)
    } catch {
      // What fails while a message is handled is logged and no more. The timer of the state still runs.
    }
  }

  #handle(message: Message): void {
    switch (this.state) {
      case 'GettingJob':
        return this.#whileGettingJob(message)
      case 'Idle':
        return this.#whileIdle(message)
      case 'UpdatingJob':
        return this.#whileUpdatingJob(message)
      case 'CreatingCertificate':
        return this.#whileCreating(message)
      case 'CommittingCertificate':
        return this.#whileCommitting(message)
      case 'Starting':
        return undefined
    }
  }

  async #subscribeToAll(): Promise<boolean> {
    for (const filter of filters(this.#ports.thing)) {
      if (!(await this.#ports.subscribe(filter))) return false
    }
    return true
  }

  /** Whatever else arrives makes it idle, on whichever identity it stands, and with the backup kept. */
  #whileGettingJob(message: Message): void {
    const { thing, files, publish } = this.#ports
    const rotation = message.kind === 'get/accepted' ? rotationIn(message) : undefined
    if (rotation?.status === 'QUEUED') return this.#begin(rotation.jobId)
    if (rotation?.status === 'IN_PROGRESS') {
      this.#jobId = rotation.jobId
      if (!hasBackup(files)) return this.#fail('rolledBack')
      this.#enter('CommittingCertificate')
      return publish(commit(thing, this.#jobId))
    }
    if (message.kind === 'get/rejected' && hasBackup(files)) {
      rollBack(files)
      return this.#stop()
    }
    this.#enter('Idle')
  }

  #whileIdle(message: Message): void {
    const rotation = message.kind === 'notify-next' ? rotationIn(message) : undefined
    if (rotation?.status === 'QUEUED') this.#begin(rotation.jobId)
  }

  /** The reply to anybody's update counts, and its job becomes the job. */
  #whileUpdatingJob({ kind, level }: Message): void {
    if (kind === 'update/rejected') this.#enter('Idle')
    if (kind !== 'update/accepted') return
    this.#jobId = level
    void this.#askForCertificate()
  }

  async #askForCertificate(): Promise<void> {
    const { thing, publish, makeKeyAndCsr } = this.#ports
    try {
      const { privateKeyPem, csrPem } = await makeKeyAndCsr()
      if (this.#isOver) return
      this.#privateKeyPem = privateKeyPem
      this.#enter('CreatingCertificate')
      publish(create(thing, this.#jobId, csrPem))
    } catch {
      this.#fail('csrNotMade')
    }
  }

  /** The state stays what it is, so a second copy of the answer installs once more, over the backup of OLD. */
  #whileCreating({ kind, body }: Message): void {
    if (kind === 'create/rejected') return this.#fail('createRejected')
    if (kind !== 'create/accepted') return
    const { certificatePem } = body
    if (typeof certificatePem !== 'string') return
    try {
      install(this.#ports.files, certificatePem, this.#privateKeyPem)
    } catch {
      this.#fail('notInstalled')
    }
    this.#stop()
  }

  #whileCommitting({ kind }: Message): void {
    if (kind === 'commit/rejected') return this.#failAndRollBack('commitRejected')
    if (kind !== 'commit/accepted') return
    const { files, publish, thing } = this.#ports
    deleteBackup(files)
    publish(succeeded(thing, this.#jobId))
    this.#enter('Idle')
  }

  #onTimeout(): void {
    const { files } = this.#ports
    switch (this.state) {
      case 'GettingJob':
        if (!hasBackup(files)) return this.#enter('Idle')
        rollBack(files)
        return this.#stop()
      case 'CreatingCertificate':
        return this.#fail('createUnanswered')
      case 'CommittingCertificate':
        return this.#failAndRollBack('commitUnanswered')
      default:
        return this.#enter('Idle')
    }
  }

  #begin(jobId: string): void {
    const { thing, publish } = this.#ports
    this.#jobId = jobId
    this.#enter('UpdatingJob')
    publish(inProgress(thing, jobId))
  }

  /** Sent once; whether it arrives is not looked at. */
  #fail(reason: FailureReason): void {
    if (this.#isOver) return
    this.#ports.publish(failed(this.#ports.thing, this.#jobId, reason))
    this.#enter('Idle')
  }

  #failAndRollBack(reason: FailureReason): void {
    this.#fail(reason)
    rollBack(this.#ports.files)
    this.#stop()
  }

  #enter(state: VersionOneState): void {
    this.state = state
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    if (state !== 'Idle') {
      this.#cancelTimer = this.#ports.after(patienceMs, () => {
        this.#cancelTimer = undefined
        // After the main loop nothing can be published, and the thread of the timer only keeps the process alive.
        if (!this.#hasLeftMainLoop && !this.#isOver) this.#onTimeout()
        this.#endIfDone()
      })
    }
    this.#endIfDone()
  }

  /** Leaves the main loop. Messages are still handled until the process is over, which waits for a pending timer. */
  #stop(): void {
    this.#ports.after(mainLoopMs, () => {
      this.#hasLeftMainLoop = true
      this.#endIfDone()
    })
  }

  #endIfDone(): void {
    if (!this.#hasLeftMainLoop || this.#isOver || this.#cancelTimer !== undefined) return
    this.#isOver = true
    this.#ports.restartGreengrass()
  }
}
