import type { Phase } from './state.ts'

/** One way from a phase to another. The state diagram is drawn from these, and a simulation must take them all. */
export interface Transition {
  from: Phase
  /** The event or guard, in the words of the phase table. */
  when: string
  to: Phase
}

/** Every change of phase that `advance` can make, by the id that it reports. */
export const transitions = {
  'idle-to-ask': { from: 'idle', when: 'key and CSR are made for a rotation job', to: 'ask' },
  'idle-to-fail': { from: 'idle', when: 'the job cannot be done on this device', to: 'fail' },
  'idle-adopts': { from: 'idle', when: 'an unfinished switch was found, and a job', to: 'restart' },
  'idle-found-switch': { from: 'idle', when: 'an unfinished switch was found with its job', to: 'restart' },
  'idle-found-remains': { from: 'idle', when: 'remains of a rotation were found', to: 'close' },

  'ask-to-check': { from: 'ask', when: 'accepted for my CSR', to: 'check' },
  'ask-rejected': { from: 'ask', when: 'final rejection of my CSR', to: 'fail' },
  'ask-key-lost': { from: 'ask', when: 'the pending key is lost', to: 'fail' },
  'ask-unusable': { from: 'ask', when: 'the certificate is longer than any certificate', to: 'fail' },
  'ask-over': { from: 'ask', when: 'the execution is over', to: 'close' },

  'check-to-install': { from: 'check', when: 'NEW is accepted, or no probe can tell', to: 'install' },
  'check-refused': { from: 'check', when: 'NEW is refused and OLD accepted, repeatedly', to: 'fail' },
  'check-unusable': { from: 'check', when: 'the certificate is unusable', to: 'fail' },
  'check-key-lost': { from: 'check', when: 'the pending key is lost', to: 'fail' },
  'check-over': { from: 'check', when: 'the execution is over', to: 'close' },

  'install-to-restart': { from: 'install', when: 'installed', to: 'restart' },
  'install-undone': { from: 'install', when: 'it could not be done and is undone', to: 'fail' },
  'install-by-hand': { from: 'install', when: 'another identity was put in place by hand', to: 'close' },

  'restart-to-commit': { from: 'restart', when: 'a restart was seen, on the way to NEW', to: 'commit' },
  'restart-to-consent': {
    from: 'restart',
    when: 'a restart was seen, on the way back to OLD',
    to: 'consent',
  },
  'restart-found-old': { from: 'restart', when: 'OLD was put back by hand', to: 'rollback' },
  'restart-found-new': { from: 'restart', when: 'NEW was put back by hand', to: 'forward' },
  'restart-by-hand': { from: 'restart', when: 'another identity was put in place by hand', to: 'close' },

  'commit-to-finish': { from: 'commit', when: 'accepted', to: 'finish' },
  'commit-settled': { from: 'commit', when: 'accepted for a switch found without its own job', to: 'close' },
  'commit-restart-pending': { from: 'commit', when: 'RESTART_PENDING', to: 'restart' },
  'commit-not-connected': { from: 'commit', when: 'silence, but the probe accepts NEW', to: 'restart' },
  'commit-rejected': { from: 'commit', when: 'final rejection of mine, OLD not refused', to: 'rollback' },
  'commit-refused': { from: 'commit', when: 'NEW is refused and OLD accepted, repeatedly', to: 'rollback' },
  'commit-question': { from: 'commit', when: 'not connected for long, no probe can tell', to: 'rollback' },
  'commit-found-old': { from: 'commit', when: 'OLD was put back by hand', to: 'rollback' },
  'commit-by-hand': { from: 'commit', when: 'another identity was put in place by hand', to: 'close' },
  'commit-no-way-back': {
    from: 'commit',
    when: 'final rejection, execution over, OLD not stored any more',
    to: 'close',
  },
  'commit-v1-over': { from: 'commit', when: 'v1 backend, execution long over, NEW accepted', to: 'close' },

  'finish-recorded': { from: 'finish', when: 'SUCCEEDED recorded, or confirmed', to: 'close' },
  'finish-v1-over': { from: 'finish', when: 'v1 backend, execution over', to: 'close' },
  'finish-restart-pending': { from: 'finish', when: 'RESTART_PENDING', to: 'restart' },
  'finish-rejected': { from: 'finish', when: 'final rejection of mine, OLD not refused', to: 'rollback' },
  'finish-refused': { from: 'finish', when: 'NEW is refused and OLD accepted, repeatedly', to: 'rollback' },
  'finish-found-old': { from: 'finish', when: 'OLD was put back by hand', to: 'rollback' },
  'finish-by-hand': { from: 'finish', when: 'another identity was put in place by hand', to: 'close' },

  'rollback-to-restart': { from: 'rollback', when: 'rolled back', to: 'restart' },
  'rollback-lost': { from: 'rollback', when: 'OLD is not stored any more', to: 'commit' },
  'rollback-by-hand': { from: 'rollback', when: 'another identity was put in place by hand', to: 'close' },

  'consent-to-fail': { from: 'consent', when: 'the record agrees that OLD is in use', to: 'fail' },
  'consent-settled': {
    from: 'consent',
    when: 'the same, for a switch found without its own job',
    to: 'close',
  },
  'consent-new-kept': {
    from: 'consent',
    when: 'NEW_CERTIFICATE_KEPT, or NEW itself is accepted',
    to: 'forward',
  },
  'consent-refused': { from: 'consent', when: 'OLD is refused and NEW accepted, repeatedly', to: 'forward' },
  'consent-question': { from: 'consent', when: 'not connected for long, no probe can tell', to: 'forward' },
  'consent-restart-pending': { from: 'consent', when: 'RESTART_PENDING', to: 'restart' },
  'consent-not-connected': { from: 'consent', when: 'silence, but the probe accepts OLD', to: 'restart' },
  'consent-found-new': { from: 'consent', when: 'NEW was put back by hand', to: 'forward' },
  'consent-no-way-forward': {
    from: 'consent',
    when: 'NEW_CERTIFICATE_KEPT, execution over, NEW not stored any more',
    to: 'close',
  },
  'consent-by-hand': { from: 'consent', when: 'another identity was put in place by hand', to: 'close' },

  'forward-to-restart': { from: 'forward', when: 'NEW is current again', to: 'restart' },
  'forward-lost': { from: 'forward', when: 'NEW is not stored any more', to: 'consent' },
  'forward-by-hand': { from: 'forward', when: 'another identity was put in place by hand', to: 'close' },

  'fail-recorded': { from: 'fail', when: 'FAILED recorded, or the execution is over', to: 'close' },
  'fail-unread': {
    from: 'fail',
    when: 'FAILED recorded, or the execution is over, and what is stored could not be read',
    to: 'idle',
  },

  'close-to-idle': { from: 'close', when: 'the pending and previous identities are dropped', to: 'idle' },
  'close-kept': {
    from: 'close',
    when: 'what is stored cannot be read, or no identity in use is found',
    to: 'idle',
  },
} as const satisfies Record<string, Transition>

export type EdgeId = keyof typeof transitions
