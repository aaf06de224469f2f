/** What policy variables and conditions may ask of a connection. */
export interface PolicyContext {
  /** Absent for a call by HTTP. */
  clientId?: string
  certificateId: string
  /** Attributes of the certificate's subject by short name: `CN`, `O`, `OU`, … */
  subject: Readonly<Record<string, readonly string[]>>
  thing?: {
    thingName: string
    thingTypeName: string | undefined
    attributes: Readonly<Record<string, string>>
    /** Whether the certificate is attached to the thing. */
    isAttached: boolean
  }
  sourceIp?: string
}

const subjectShortNames: Readonly<Record<string, string>> = {
  Country: 'C',
  Organization: 'O',
  OrganizationalUnit: 'OU',
  DistinguishedNameQualifier: 'dnQualifier',
  State: 'ST',
  CommonName: 'CN',
  SerialNumber: 'serialNumber',
  Title: 'title',
  Surname: 'SN',
  GivenName: 'GN',
  Initials: 'initials',
  Pseudonym: 'pseudonym',
  GenerationQualifier: 'generationQualifier',
}

/** The value of a variable, or undefined where the connection has none; then no statement with it applies. */
export function policyVariable(name: string, context: PolicyContext): string | undefined {
  const { thing } = context
  switch (name) {
    case 'iot:ClientId':
      return context.clientId
    case 'iot:Connection.Thing.ThingName':
      return thing?.thingName
    case 'iot:Connection.Thing.ThingTypeName':
      return thing?.thingTypeName
    case 'iot:Connection.Thing.IsAttached':
      return thing === undefined ? undefined : String(thing.isAttached)
    case 'aws:SourceIp':
      return context.sourceIp
    default:
      return attribute(name, context) ?? subjectAttribute(name, context)
  }
}

function attribute(name: string, { thing }: PolicyContext): string | undefined {
  const wanted = /^iot:Connection\.Thing\.Attributes\[(.+)\]$/.exec(name)?.[1]
  return wanted === undefined ? undefined : thing?.attributes[wanted]
}

/** `iot:Certificate.Subject.CommonName`, or with `.0`, `.1` for one of several values. */
function subjectAttribute(name: string, { subject }: PolicyContext): string | undefined {
  const [, longName = '', index = '0'] = /^iot:Certificate\.Subject\.(\w+)(?:\.(\d+))?$/.exec(name) ?? []
  return subject[subjectShortNames[longName] ?? '']?.[Number(index)]
}
