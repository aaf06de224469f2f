/** The default quota of an operation, in calls a second of one account in one of the larger regions. */
export interface Quota {
  perSecond: number
  /** Whether AWS raises it on request. */
  isAdjustable: boolean
  /** The operations that share it; without them it is this one's alone. */
  with?: readonly string[]
}

/**
 * Source: AWS General Reference, "AWS IoT Core endpoints and quotas" and "AWS IoT Device Management endpoints and
 * quotas"; the data plane's are far above the others.
 */
export const quotas: Readonly<Record<string, Quota>> = {
  ListThingPrincipalsV2: { perSecond: 20, isAdjustable: true },
  CreateCertificateFromCsr: { perSecond: 15, isAdjustable: true },
  AttachThingPrincipal: { perSecond: 100, isAdjustable: true },
  DetachThingPrincipal: { perSecond: 100, isAdjustable: true },
  ListAttachedPolicies: { perSecond: 15, isAdjustable: true },
  AttachPolicy: { perSecond: 15, isAdjustable: true },
  UpdateCertificate: { perSecond: 10, isAdjustable: true },
  DeleteCertificate: { perSecond: 10, isAdjustable: true },
  DescribeJobExecution: { perSecond: 200, isAdjustable: false },
  GetThingShadow: { perSecond: 4000, isAdjustable: true, with: ['UpdateThingShadow'] },
  UpdateThingShadow: { perSecond: 4000, isAdjustable: true, with: ['GetThingShadow'] },
  Publish: { perSecond: 20_000, isAdjustable: true },
}
