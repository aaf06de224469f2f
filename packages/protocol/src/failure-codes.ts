import { type RejectionCode, rejectionCodes } from './rejection-codes.ts'

/** Why a device itself ends an execution FAILED; a rejection's own code is used where one led to it. */
export const deviceFailureCodes = {
  ALGORITHM_NOT_ALLOWED: {
    meaning: 'The job document or the configuration names an algorithm that this device cannot use.',
    operator: 'Choose keyAlgorithm and signingAlgorithm from the table of algorithms, then create a new job.',
  },
  HOST_UNSUITABLE: {
    meaning:
      'Greengrass could not be restarted on this device, so a new certificate would never be used. Nothing was made.',
    operator: 'Run Greengrass as a system service and the component as root, then create a new job.',
  },
  IDENTITY_UNUSABLE: {
    meaning:
      'The configured certificate or key is missing, unreadable, encrypted, or they do not belong together.',
    operator:
      "Read the reason; put the device's configured certificate and key in order, then create a new job.",
  },
  STORAGE_FAILED: {
    meaning: 'The device could not write what a rotation needs: no space, read-only, or an I/O error.',
    operator: 'Free space or repair the storage, then create a new job.',
  },
  HSM_UNSUITABLE: {
    meaning: 'The HSM lacks something that a rotation needs. Nothing was made.',
    operator: 'Read the reason: it names what the HSM cannot do, and what to do instead.',
  },
  HSM_FAILED: {
    meaning: 'The HSM could not be reached, or did not do what it was asked.',
    operator: 'Read the reason; see that the HSM works and is configured as it is, then create a new job.',
  },
  HSM_LOGIN_FAILED: {
    meaning:
      'The HSM did not let the component log in, and did not say that the PIN is wrong. It is tried again, after longer and longer pauses, since some HSMs say so of a wrong PIN.',
    operator:
      "Read the reason and the HSM's own log; check userPin in the configuration of aws.greengrass.crypto.Pkcs11Provider if it lasts, then create a new job.",
  },
  HSM_PIN_REFUSED: {
    meaning:
      'The HSM refused the PIN. One that never worked is not tried again, one that did only after a while, since an HSM locks itself after some wrong ones.',
    operator:
      'Correct userPin in the configuration of aws.greengrass.crypto.Pkcs11Provider, or have the HSM unlocked; then create a new job.',
  },
  KEY_GENERATION_FAILED: {
    meaning: 'The new key or the certificate signing request could not be made.',
    operator: 'Read the reason and the log of the component, then create a new job.',
  },
  CERTIFICATE_UNUSABLE: {
    meaning: 'The certificate from the cloud is not one that the new key and this device can use.',
    operator: 'Check the issuer that the backend is set to and the clock of the device.',
  },
  PENDING_KEY_LOST: {
    meaning: 'The new key was gone when its certificate came.',
    operator: 'Create a new job; check the storage of the device if it comes again.',
  },
  NEW_IDENTITY_REFUSED: {
    meaning: 'The endpoint refused the new certificate while it accepted the old one. Nothing was switched.',
    operator: 'Check that the policies of the old certificate also serve the new one.',
  },
  INSTALL_FAILED: {
    meaning: 'The new certificate and key could not be put in place; what was there before is back.',
    operator: 'Read the reason: the configured paths must be replaceable.',
  },
  IDENTITY_LOST: {
    meaning: 'The certificate and key that were to be put in place are not stored on the device any more.',
    operator:
      'The device stays on the identity that it has. Check its storage, put back what was removed, or create a new job.',
  },
  CLOUD_REFUSED: {
    meaning:
      'The backend refused with no code, as a version 1 backend does, or with one that the device does not know.',
    operator: "Read the reason and the log of the backend's functions, then create a new job.",
  },
  ROLLED_BACK: {
    meaning:
      'Greengrass could not connect with the new certificate, and the device went back to the old one.',
    operator: "Check the certificate's policies and status, then create a new job.",
  },
} as const satisfies Record<string, { meaning: string; operator: string }>

export type DeviceFailureCode = keyof typeof deviceFailureCodes
/** What stands in the status details of a FAILED execution as `failureCode`. */
export type FailureCode = DeviceFailureCode | RejectionCode

export const isFailureCode = (code: unknown): code is FailureCode =>
  typeof code === 'string' && (Object.hasOwn(deviceFailureCodes, code) || Object.hasOwn(rejectionCodes, code))
