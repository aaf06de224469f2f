import { connect, type Socket } from 'node:net'
import { messageOf } from '../message-of.ts'
import type { Secret } from '../secret.ts'
import type { Timers } from '../timers.ts'
import { encodeFrame, type Frame } from './event-stream.ts'
import { FrameReader } from './frame-reader.ts'
import { IpcError, serviceError } from './ipc-error.ts'
import { connectionAcceptedFlag, messageTypes, streamHeaders, terminateStreamFlag } from './protocol.ts'

/** One authenticated connection to the nucleus. It is never repaired: when it ends, open another. */
export interface IpcConnection {
  /**
   * Sends a request and waits for its answer.
   *
   * @param onEvent given for operations that stream; called for every message after the answer.
   * @throws IpcError, after `callTimeoutMs` at the latest.
   */
  call(operation: string, request: object, onEvent?: (event: unknown) => void): Promise<unknown>
  close(): void
  /** Settles when the connection has ended, by whichever side. Never rejects. */
  readonly ended: Promise<IpcError>
}

export interface IpcConnectionOptions {
  /** A path, or a path relative to the working directory, as the nucleus gives where it would be too long. */
  socketPath: string
  authToken: Secret
  timers: Timers
  /** How long the handshake and every call may take, in milliseconds. */
  callTimeoutMs: number
}

interface Stream {
  operation: string
  onEvent: ((event: unknown) => void) | undefined
  /** Cleared once the request is answered. */
  waiting: { resolve(answer: unknown): void; reject(error: IpcError): void } | undefined
}

/** @throws IpcError where the nucleus cannot be reached, refuses the token, or is silent. */
export async function openConnection(options: IpcConnectionOptions): Promise<IpcConnection> {
  const socket = connect(options.socketPath)
  const connection = new Connection(socket, options)
  await connection.handshake()
  return connection
}

class Connection implements IpcConnection {
  readonly ended: Promise<IpcError>
  readonly #socket: Socket
  readonly #options: IpcConnectionOptions
  readonly #streams = new Map<number, Stream>()
  readonly #reader = new FrameReader()
  #lastStreamId = 0
  readonly #end = Promise.withResolvers<IpcError>()
  readonly #greeting = Promise.withResolvers<IpcError | undefined>()

  constructor(socket: Socket, options: IpcConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.ended = this.#end.promise
    socket.on('data', piece => {
      this.#read(piece)
    })
    socket.on('error', error => {
      this.#finish(
        new IpcError(
          'IPC_DISCONNECTED',
          `The connection to Greengrass at ${options.socketPath} failed (${error.message}). It is tried again; if it lasts, check that Greengrass runs.`,
        ),
      )
    })
    socket.on('close', () => {
      this.#finish(new IpcError('IPC_DISCONNECTED', 'Greengrass closed the connection; it is opened again.'))
    })
  }

  async handshake(): Promise<void> {
    const { authToken, callTimeoutMs, timers } = this.#options
    const cancel = timers.after(callTimeoutMs, () => {
      this.#finish(
        new IpcError('IPC_TIMEOUT', `Greengrass did not greet back in ${callTimeoutMs} ms; trying again.`),
      )
    })
    const headers = { ...streamHeaders(messageTypes.connect, 0, 0), ':version': '0.1.0' }
    this.#send(headers, { authToken: authToken.reveal() })
    const error = await this.#greeting.promise
    cancel()
    if (error !== undefined) throw error
  }

  async call(operation: string, request: object, onEvent?: (event: unknown) => void): Promise<unknown> {
    if (this.#socket.destroyed) throw await this.ended
    const { callTimeoutMs, timers } = this.#options
    this.#lastStreamId += 1
    const streamId = this.#lastStreamId
    return new Promise((resolve, reject) => {
      const cancel = timers.after(callTimeoutMs, () => {
        this.#streams.delete(streamId)
        this.#send(streamHeaders(messageTypes.application, terminateStreamFlag, streamId))
        reject(new IpcError('IPC_TIMEOUT', `Greengrass did not answer ${operation} in ${callTimeoutMs} ms.`))
      })
      const settled =
        <T>(settle: (outcome: T) => void) =>
        (outcome: T): void => {
          cancel()
          settle(outcome)
        }
      this.#streams.set(streamId, {
        operation,
        onEvent,
        waiting: { resolve: settled(resolve), reject: settled(reject) },
      })
      const headers = {
        ...streamHeaders(messageTypes.application, 0, streamId),
        operation: `aws.greengrass#${operation}`,
      }
      this.#send(headers, request)
    })
  }

  close(): void {
    this.#finish(
      new IpcError('IPC_DISCONNECTED', 'The connection to Greengrass was closed by this component.'),
    )
  }

  #send(headers: Frame['headers'], body?: object): void {
    const payload = Buffer.from(body === undefined ? '' : JSON.stringify(body))
    this.#socket.write(encodeFrame({ headers, payload }))
  }

  #read(piece: Buffer): void {
    try {
      for (const frame of this.#reader.push(piece)) this.#receive(frame)
    } catch (error) {
      const reason = messageOf(error)
      this.#finish(
        new IpcError(
          'IPC_DISCONNECTED',
          `Greengrass sent what cannot be read (${reason}); the connection is opened again.`,
        ),
      )
    }
  }

  #receive({ headers, payload }: Frame): void {
    switch (Number(headers[':message-type'])) {
      case messageTypes.connectAck:
        this.#greeted(headers[':message-flags'] === connectionAcceptedFlag)
        break
      case messageTypes.ping:
        this.#socket.write(encodeFrame({ headers: streamHeaders(messageTypes.pingResponse, 0, 0), payload }))
        break
      case messageTypes.application:
        this.#receiveOnStream(headers, payload)
        break
      case messageTypes.applicationError:
        this.#receiveError(headers, payload)
        break
      default:
        this.#finish(
          new IpcError(
            'IPC_DISCONNECTED',
            `Greengrass ended the conversation (${payload.toString().slice(0, 200)}); it is begun again.`,
          ),
        )
    }
  }

  #greeted(isAccepted: boolean): void {
    if (isAccepted) {
      this.#greeting.resolve(undefined)
      return
    }
    this.#finish(
      new IpcError(
        'IPC_REFUSED',
        'Greengrass does not know the token (SVCUID) that this component was started with. It was restarted since, or the component was not started by it; let Greengrass start the component.',
      ),
    )
  }

  #receiveOnStream(headers: Frame['headers'], payload: Buffer): void {
    const streamId = Number(headers[':stream-id'])
    const stream = this.#streams.get(streamId)
    if (stream === undefined) return
    const message: unknown = payload.length === 0 ? {} : JSON.parse(payload.toString())
    if (stream.waiting === undefined) stream.onEvent?.(message)
    stream.waiting?.resolve(message)
    stream.waiting = undefined
    if (stream.onEvent === undefined) this.#streams.delete(streamId)
    else if (headers[':message-flags'] === terminateStreamFlag) this.#streamEnded(stream)
  }

  #receiveError(headers: Frame['headers'], payload: Buffer): void {
    const streamId = Number(headers[':stream-id'])
    const stream = this.#streams.get(streamId)
    if (stream === undefined) return
    this.#streams.delete(streamId)
    if (stream.waiting === undefined) this.#streamEnded(stream)
    stream.waiting?.reject(serviceError(stream.operation, payload.toString()))
  }

  /** A subscription that is gone would never be missed, so everything is subscribed again. */
  #streamEnded({ operation }: Stream): void {
    this.#finish(
      new IpcError('IPC_DISCONNECTED', `Greengrass ended ${operation}; everything is subscribed again.`),
    )
  }

  #finish(error: IpcError): void {
    this.#socket.destroy()
    this.#greeting.resolve(error)
    for (const stream of this.#streams.values()) stream.waiting?.reject(error)
    this.#streams.clear()
    this.#end.resolve(error)
  }
}
