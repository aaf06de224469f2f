import { AwsError } from '../api/aws-error.ts'
import { FlatList } from '../api/flat-list.ts'
import { type NestedFields, nestedFields, numbered, textOf } from '../api/nested-fields.ts'

type Members = Readonly<Record<string, unknown>>

/** Clients from before the end of 2023, Debian's AWS CLI among them, send forms; all of them send `Version`. */
export function isQuery(input: Members): boolean {
  return typeof input['Version'] === 'string'
}

function texts(list: (NestedFields | string)[]): string[] {
  return list.filter(item => typeof item === 'string')
}

function pairs(list: (NestedFields | string)[]): Record<string, string> {
  return Object.fromEntries(list.map(item => [textOf(item, 'Name') ?? '', textOf(item, 'Value') ?? '']))
}

function messageAttributes(fields: NestedFields | string | undefined): Members {
  return Object.fromEntries(
    numbered(fields).map(item => [
      textOf(item, 'Name') ?? '',
      typeof item === 'object' ? item['Value'] : undefined,
    ]),
  )
}

function withAttributes(fields: NestedFields): Members {
  return {
    ...fields,
    ...(fields['MessageAttribute'] && { MessageAttributes: messageAttributes(fields['MessageAttribute']) }),
  }
}

/** A form's fields in the shape that the same call has in AWS JSON; numbers stay text. */
export function jsonInput(action: string, form: Members): Members {
  const fields = nestedFields(form)
  const entries = fields[`${action}RequestEntry`]
  return {
    ...withAttributes(fields),
    ...(fields['Attribute'] && { Attributes: pairs(numbered(fields['Attribute'])) }),
    ...(fields['AttributeName'] && { AttributeNames: texts(numbered(fields['AttributeName'])) }),
    ...(fields['MessageAttributeName'] && {
      MessageAttributeNames: texts(numbered(fields['MessageAttributeName'])),
    }),
    ...(entries && {
      Entries: numbered(entries).map(entry => (typeof entry === 'object' ? withAttributes(entry) : {})),
    }),
  }
}

const namedValues = (map: object) =>
  new FlatList(Object.entries(map).map(([Name, Value]) => ({ Name, Value: Value as unknown })))

function message(given: Members): Members {
  const { Attributes, MessageAttributes, ...rest } = given
  return {
    ...rest,
    ...(typeof Attributes === 'object' && Attributes && { Attribute: namedValues(Attributes) }),
    ...(typeof MessageAttributes === 'object' &&
      MessageAttributes && { MessageAttribute: namedValues(MessageAttributes) }),
  }
}

/** An answer in the shape that the query protocol writes as XML. */
export function queryOutput(action: string, output: Members): Members {
  const { Attributes, Messages, QueueUrls, Successful, Failed, ...rest } = output
  return {
    ...rest,
    ...(typeof Attributes === 'object' && Attributes && { Attribute: namedValues(Attributes) }),
    ...(Array.isArray(Messages) && { Message: new FlatList(Messages.map(message)) }),
    ...(Array.isArray(QueueUrls) && { QueueUrl: new FlatList(QueueUrls) }),
    ...(Array.isArray(Successful) && { [`${action}ResultEntry`]: new FlatList(Successful) }),
    ...(Array.isArray(Failed) && { BatchResultErrorEntry: new FlatList(Failed) }),
  }
}

/** Some errors have another code in the query protocol. */
export function queryError(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error
  const { queryErrorCode } = error.fields
  return typeof queryErrorCode === 'string'
    ? new AwsError(queryErrorCode, error.status, error.message)
    : error
}
