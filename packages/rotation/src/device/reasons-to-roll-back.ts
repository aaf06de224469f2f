import type { Failure } from './state.ts'

export const newRefused: Failure = {
  code: 'ROLLED_BACK',
  reason: 'The endpoint refused the new certificate and accepted the old one, again and again.',
}

export const notConnected: Failure = {
  code: 'ROLLED_BACK',
  reason: 'Greengrass did not connect with the new certificate for long, and nothing could tell why.',
}
