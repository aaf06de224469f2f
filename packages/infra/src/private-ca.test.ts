import { permissions as createPermissions } from '@rotator/backend/create-certificate/permissions'
import {
  awsIotPermissions,
  privateCaPermissions,
  revokingPermissions,
} from '@rotator/backend/issuers/permissions'
import { permissions as retirePermissions } from '@rotator/backend/retire-certificate/permissions'
import { describe, expect, test } from 'vitest'
import { roleOfFunction } from './testing/role-of.ts'
import { synthesized } from './testing/synthesized.ts'

const PcaCaId = '12345678-1234-1234-1234-1234567890ab'
const ownArn = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':acm-pca:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      `:certificate-authority/${PcaCaId}`,
    ],
  ],
}
const issuing = synthesized({ PcaCaId, PcaValidityInDays: 30, PcaSigningAlgorithm: 'SHA384WITHECDSA' })
const revoking = synthesized({ PcaCaId, PcaRevokeOnRetirement: true }, { validate: true })
const neither = synthesized()

interface Statement {
  Action: string | string[]
  Resource: unknown
  Condition?: unknown
}

/** The statements of a function's role about what it calls. */
function statementsOf({ template }: typeof issuing, word: string): Statement[] {
  const role = roleOfFunction(template, `AWSLabsCertificateRotator${word}`)
  const policies: { PolicyName: string; PolicyDocument: { Statement: Statement[] } }[] =
    template.findResources('AWS::IAM::Role')[role]?.Properties.Policies
  return policies.flatMap(({ PolicyName, PolicyDocument }) =>
    PolicyName === 'calls' ? PolicyDocument.Statement : [],
  )
}

const actionsOf = (statements: Statement[]): string[] => statements.flatMap(({ Action }) => Action).toSorted()
const actionsIn = (...permissions: (readonly { actions: readonly string[] }[])[]): string[] =>
  permissions
    .flat()
    .flatMap(({ actions }) => [...actions])
    .toSorted()
const onAuthority = (statements: Statement[]): Statement[] =>
  statements.filter(({ Action }) => [Action].flat().some(action => action.startsWith('acm-pca:')))

describe('a stack that issues by AWS Private CA', () => {
  test('tells the functions the authority, how it signs and for how long', () => {
    const [create] = Object.values(
      issuing.template.findResources('AWS::Lambda::Function', {
        Properties: { FunctionName: 'AWSLabsCertificateRotatorCreateCertificate' },
      }),
    )
    expect(create?.Properties.Environment.Variables).toMatchObject({
      PCA_CA_ARN: ownArn,
      PCA_VALIDITY_IN_DAYS: '30',
      PCA_SIGNING_ALGORITHM: 'SHA384WITHECDSA',
      PCA_REVOKE_ON_RETIREMENT: 'false',
    })
  })

  test('is found valid by CloudFormation', () => {
    expect(revoking.objections).toEqual([])
  })

  test('A7: the function that answers creates may issue there, end entities only, and no other function may', () => {
    const create = statementsOf(issuing, 'CreateCertificate')
    expect(actionsOf(create)).toEqual(actionsIn(createPermissions, privateCaPermissions))
    expect(actionsOf(create)).not.toContain('iot:CreateCertificateFromCsr')
    const own = onAuthority(create)
    expect(own.map(({ Resource }) => Resource)).toEqual([ownArn, ownArn])
    expect(own.find(({ Action }) => Action === 'acm-pca:IssueCertificate')?.Condition).toEqual({
      StringLike: { 'acm-pca:TemplateArn': 'arn:*:acm-pca:::template/EndEntityCertificate/V1' },
    })
    for (const word of ['CommitCertificate', 'JobExecutionTerminal', 'RetireCertificate', 'Sweep'])
      expect(onAuthority(statementsOf(issuing, word))).toEqual([])
  })

  test('A7: the function that retires certificates may revoke there, where that is chosen', () => {
    const retire = statementsOf(revoking, 'RetireCertificate')
    expect(actionsOf(retire)).toEqual(actionsIn(retirePermissions, revokingPermissions))
    expect(onAuthority(retire).map(({ Resource }) => Resource)).toEqual([ownArn])
  })
})

test('A7: a stack that issues by AWS IoT reaches no private authority', () => {
  for (const word of ['CreateCertificate', 'RetireCertificate']) {
    const statements = statementsOf(neither, word)
    expect(statements.length).toBeGreaterThan(3)
    expect(onAuthority(statements)).toEqual([])
    expect(actionsOf(statements)).not.toContain('iot:RegisterCertificateWithoutCA')
  }
  expect(actionsOf(statementsOf(neither, 'CreateCertificate'))).toEqual(
    actionsIn(createPermissions, awsIotPermissions),
  )
})
