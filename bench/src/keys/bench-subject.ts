import { element, oid, sequence, tags } from '@rotator/protocol/x509/der'

/** What AWS IoT itself gives a certificate that it makes the key for. */
export const benchSubjectName = 'AWS IoT Certificate'

export const benchSubject = sequence(
  element(tags.set, sequence(oid('2.5.4.3'), element(tags.utf8String, Buffer.from(benchSubjectName)))),
)
