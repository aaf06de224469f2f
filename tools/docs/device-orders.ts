import type { EffectKind } from '@rotator/rotation/device/effects'

/** One order of the state machine, told for whoever asks what a power cut makes of it. */
export interface Order {
  /** What the next start does where it gives the order; undefined where that is of no interest. */
  again: string | undefined
  /** What stays where power is lost before, in the middle of, or after the order; undefined: nothing is stored by it. */
  cut: string | undefined
}

const heard =
  'Nothing of ours on the device. The nucleus has it, the cloud has it, or it is lost; it is given again, and twice is harmless.'

/** Of every order: one that is missing here does not compile. */
export const orders: Readonly<Record<EffectKind, Order>> = {
  'make-pending': {
    again: 'makes key and request anew, in place of what is in the pending slot',
    cut: 'Part of a pending slot, which no certificate was ever asked for. The pending slot is emptied before it is filled, each file is synced, and only then does the journal speak of a request; so a torn key is never used.',
  },
  'check-certificate': {
    again: 'judges the certificate in the journal again, and stores it beside the pending key',
    cut: 'The certificate is in the journal, so a torn copy beside the key is written over.',
  },
  install: {
    again: 'finishes the switch to NEW: whatever is done already is left as it is',
    cut: 'NEW has its own folder, synced before anything is switched. One rename of the link `current` switches certificate and key together: before it OLD is complete, after it NEW is. Where links cannot serve, the store compares both files with the intended folder at the next start and completes the copy before the machine hears of it.',
  },
  'undo-install': {
    again: 'finishes putting OLD back',
    cut: 'As with `install`, in the other direction.',
  },
  'roll-back': {
    again: 'finishes the switch back to OLD',
    cut: 'As with `install`, in the other direction. NEW stays stored as previous.',
  },
  'roll-forward': {
    again: 'finishes the switch forward to NEW',
    cut: 'As with `install`. OLD stays stored as previous.',
  },
  'drop-identities': {
    again: 'drops what is not in use',
    cut: 'Some of the folders that are not in use are gone. The one that `current` points to is never touched.',
  },
  'restart-service': {
    again: 'restarts Greengrass',
    cut: 'Greengrass starts with the power, and with what is configured: that is the restart.',
  },
  'publish-create': { again: 'asks for the certificate, always with the same request', cut: heard },
  'publish-commit': { again: 'says commit', cut: heard },
  'update-job': { again: 'reports to Jobs', cut: heard },
  'get-next-job': { again: 'asks for the next job', cut: heard },
  'get-job': { again: 'looks at its job', cut: heard },
  compare: {
    again: 'tries both identities at the endpoint',
    cut: 'Nothing. Comparisons are counted in memory alone, so evidence begins anew.',
  },
  'probe-current': { again: 'tries the identity in use', cut: 'Nothing.' },
  'arm-timer': { again: undefined, cut: undefined },
  'defer-updates': { again: undefined, cut: undefined },
  'allow-updates': { again: undefined, cut: undefined },
}
