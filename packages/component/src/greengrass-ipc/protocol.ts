/** Values of the headers `:message-type` and `:message-flags`, measured against nucleus and Nucleus Lite. */
export const messageTypes = {
  application: 0,
  applicationError: 1,
  ping: 2,
  pingResponse: 3,
  connect: 4,
  connectAck: 5,
} as const

export const connectionAcceptedFlag = 1
export const terminateStreamFlag = 2

export const streamHeaders = (type: number, flags: number, streamId: number): Record<string, number> => ({
  ':message-type': type,
  ':message-flags': flags,
  ':stream-id': streamId,
})
