import { beforeEach, describe, expect, test } from 'vitest'
import { defaultAccount } from '../account.ts'
import type { ResourceProvider } from './resource-provider.ts'
import { type Deployment, Stack } from './stack.ts'
import type { Members } from './template.ts'

let log: string[]
let ids: number
let stack: Stack

beforeEach(() => {
  log = []
  ids = 0
  stack = new Stack('S', { account: defaultAccount, newId: () => `00000000000${++ids}` })
})

const provider = (more: Partial<ResourceProvider> = {}): ResourceProvider => ({
  understands: ['Name', 'Value'],
  passesOver: ['Tags'],
  create({ logicalId, properties, generatedName }) {
    if (properties['Value'] === 'bad') throw new Error('bad value')
    log.push(`create ${logicalId} ${JSON.stringify(properties)}`)
    return {
      physicalId: typeof properties['Name'] === 'string' ? properties['Name'] : generatedName(40),
      attributes: { Arn: `arn:${logicalId}` },
    }
  },
  adopt: ({ properties: { Name } }) => (Name === 'there' ? { physicalId: Name, attributes: {} } : undefined),
  delete: ({ logicalId, made }) => void log.push(`delete ${logicalId} ${made.physicalId}`),
  ...more,
})

const updatable = provider({
  update({ logicalId, properties }, old) {
    log.push(`update ${logicalId} ${JSON.stringify(properties)}`)
    return old.made
  },
})

const deploy = (
  Resources: Members,
  more: Members = {},
  parameters: Record<string, string> = {},
  deployment: Deployment = {},
) =>
  stack.deploy(
    JSON.stringify({ Resources, ...more }),
    type => ({ 'T::Fixed': provider(), 'T::Updatable': updatable })[type],
    { parameters, ...deployment },
  )

const fixed = (Properties: Members = {}, more: Members = {}) => ({ Type: 'T::Fixed', Properties, ...more })

describe('a stack', () => {
  test('makes resources after those that they need', async () => {
    await deploy({
      C: fixed({ Value: { 'Fn::Sub': '${B.Arn}' } }),
      B: fixed({ Name: 'b', Value: { Ref: 'A' } }),
      A: fixed({ Name: 'a' }, { DependsOn: 'D' }),
      D: fixed({ Name: 'd' }),
    })
    expect(log).toEqual([
      'create D {"Name":"d"}',
      'create A {"Name":"a"}',
      'create B {"Name":"b","Value":"a"}',
      'create C {"Value":"arn:B"}',
    ])
  })

  test('generates a name of stack, logical id and chance', async () => {
    await deploy({ A: fixed() })
    expect(stack.resources.get('A')?.made.physicalId).toMatch(/^S-A-[0-9]{12}$/)
  })

  test('cuts a generated name to what the type allows, and leaves the chance whole', async () => {
    const logicalId = 'A'.repeat(50)
    await deploy({ [logicalId]: fixed() })
    expect(stack.resources.get(logicalId)?.made.physicalId).toMatch(/^S-A{25}-[0-9]{12}$/)
  })

  test('keeps what has not changed, changes or replaces what has, removes what is gone', async () => {
    await deploy({
      A: fixed({ Name: 'a' }),
      B: fixed({ Name: 'b' }),
      C: { Type: 'T::Updatable', Properties: { Value: '1' } },
      D: fixed({ Name: 'd' }),
    })
    log = []
    await deploy({
      A: fixed({ Name: 'a' }),
      B: fixed({ Name: 'b2' }),
      C: { Type: 'T::Updatable', Properties: { Value: '2' } },
    })
    expect(log).toEqual(['create B {"Name":"b2"}', 'delete B b', 'update C {"Value":"2"}', 'delete D d'])
  })

  test('keeps what has the same properties in another order', async () => {
    await deploy({ A: fixed({ Name: 'a', Value: { one: 1, two: 2 } }) })
    log = []
    await deploy({ A: fixed({ Value: { two: 2, one: 1 }, Name: 'a' }) })
    expect(log).toEqual([])
  })

  test('leaves a removed resource alone that is to be retained', async () => {
    await deploy({ A: fixed({ Name: 'a' }, { DeletionPolicy: 'Retain' }) })
    log = []
    await deploy({})
    expect(log).toEqual([])
  })

  test('a failed deployment leaves nothing that is retained only once it was made', async () => {
    const broken = {
      A: fixed({ Name: 'a' }, { DeletionPolicy: 'RetainExceptOnCreate' }),
      B: fixed({ Name: 'b' }, { DeletionPolicy: 'Retain', DependsOn: 'A' }),
      C: fixed({ Value: 'bad' }, { DependsOn: 'B' }),
    }
    await expect(deploy(broken)).rejects.toThrow('bad value')
    expect(log).toEqual(['create A {"Name":"a"}', 'create B {"Name":"b"}', 'delete A a'])
    await deploy({ A: broken.A })
    await deploy({})
    expect(log.slice(3)).toEqual(['create A {"Name":"a"}'])
  })

  test('takes what exists where it is told to, and lets go of it when the deployment fails', async () => {
    const retained = { DeletionPolicy: 'RetainExceptOnCreate' }
    const there = fixed({ Name: 'there' }, retained)
    const actions: string[] = []
    const imports: Deployment = {
      importExisting: true,
      progress: ({ action, logicalId }) => actions.push(`${action} ${logicalId}`),
    }
    const failing = deploy({ A: there, B: fixed({ Value: 'bad' }, { DependsOn: 'A' }) }, {}, {}, imports)
    await expect(failing).rejects.toThrow('bad value')
    expect(log).toEqual([])
    await deploy({ A: there, B: fixed({ Name: 'b' }, retained), C: fixed({ Name: 'c' }) }, {}, {}, imports)
    expect(log).toEqual(['create B {"Name":"b"}', 'create C {"Name":"c"}'])
    expect(actions).toEqual(['import A', 'create B', 'import A', 'create B', 'create C'])
    expect(stack.resources.get('A')?.made.physicalId).toBe('there')
  })

  test('removes what it made when a later resource cannot be made, and says which and why', async () => {
    await deploy({ Old: fixed({ Name: 'old' }) })
    log = []
    const broken = {
      Old: fixed({ Name: 'old' }),
      A: fixed({ Name: 'a' }),
      B: fixed({ Value: 'bad' }, { DependsOn: 'A' }),
    }
    await expect(deploy(broken)).rejects.toThrow(
      'Resource B (T::Fixed) could not be made: InternalFailure: bad value',
    )
    expect(log).toEqual(['create A {"Name":"a"}', 'delete A a'])
    expect([...stack.resources.keys()]).toEqual(['Old'])
  })

  test('follows conditions and parameters, and tells its outputs', async () => {
    const more = {
      Parameters: { Stage: { Type: 'String' }, Size: { Type: 'Number', Default: 3 } },
      Conditions: { IsLab: { 'Fn::Equals': [{ Ref: 'Stage' }, 'lab'] } },
      Outputs: {
        Arn: { Value: { 'Fn::GetAtt': ['A', 'Arn'] } },
        Other: { Value: 'x', Condition: 'IsLab' },
        Size: { Value: { 'Fn::Join': ['', [{ Ref: 'Size' }, { Ref: 'AWS::StackName' }]] } },
      },
    }
    await deploy({ A: fixed({ Name: 'a' }), B: fixed({}, { Condition: 'IsLab' }) }, more, { Stage: 'live' })
    expect([...stack.resources.keys()]).toEqual(['A'])
    expect(stack.outputs).toEqual({ Arn: 'arn:A', Size: '3S' })
  })

  test('leaves a property out that a condition of the region says is not for here', async () => {
    const isIn = (region: string) => ({ 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] })
    const Conditions = {
      IsElsewhere: { 'Fn::Not': [{ 'Fn::Or': [isIn('eu-west-9'), isIn(defaultAccount.region)] }] },
      IsHere: { 'Fn::Not': [{ 'Fn::Or': [isIn('eu-west-9'), isIn('eu-west-8')] }] },
    }
    const valueIf = (condition: string) => ({ 'Fn::If': [condition, 'v', { Ref: 'AWS::NoValue' }] })
    await deploy(
      {
        A: fixed({ Name: 'a', Value: valueIf('IsElsewhere') }),
        B: fixed({ Name: 'b', Value: valueIf('IsHere') }),
      },
      { Conditions },
    )
    expect(log).toEqual(['create A {"Name":"a"}', 'create B {"Name":"b","Value":"v"}'])
  })

  test('is removed whole, in the reverse order', async () => {
    await deploy({ B: fixed({ Name: 'b', Value: { Ref: 'A' } }), A: fixed({ Name: 'a' }) })
    log = []
    await stack.delete()
    expect(log).toEqual(['delete B b', 'delete A a'])
  })
})

describe('before anything is made, a template is refused', () => {
  test.each<[string, Members, RegExp, Members?]>([
    [
      'an unknown type',
      { X: { Type: 'AWS::EC2::Instance' } },
      /Resource X: the type AWS::EC2::Instance is not in this cloud/,
    ],
    [
      'an unknown property',
      { X: fixed({ Colour: 'red' }) },
      /Resource X: property Colour of type T::Fixed is not/,
    ],
    [
      'a circle',
      { X: fixed({ Value: { Ref: 'Y' } }), Y: fixed({ Value: { Ref: 'X' } }) },
      /Circular dependency between resources: \[X, Y\]/,
    ],
    [
      'a reference to nothing',
      { X: fixed({ Value: { Ref: 'Z' } }) },
      /Unresolved resource dependencies \[Z\]/,
    ],
    ['a resource without a type', { X: {} }, /resource X has no Type/],
    ['an unknown condition', { X: fixed({}, { Condition: 'None' }) }, /no condition None/],
    ['a macro', {}, /macros are not in this cloud/, { Transform: 'AWS::Serverless-2016-10-31' }],
    [
      'a parameter without a value',
      {},
      /\[Stage\] must have values/,
      { Parameters: { Stage: { Type: 'String' } } },
    ],
    [
      'a parameter to be looked up',
      {},
      /AWS::SSM::Parameter::Value<AWS::EC2::Image::Id> is not/,
      { Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: 'x' } } },
    ],
  ])('with %s', async (_, resources, reason, more = {}) => {
    await expect(deploy({ A: fixed({ Name: 'a' }), ...resources }, more)).rejects.toThrow(reason)
    expect(log).toEqual([])
  })

  test('with a value for a parameter that it does not have', async () => {
    await expect(deploy({}, {}, { Other: '1' })).rejects.toThrow(/\[Other\] do not exist/)
  })
})
