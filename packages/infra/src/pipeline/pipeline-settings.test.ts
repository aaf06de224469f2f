import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { pipelineContext } from '../testing/synthesized-pipeline.ts'
import { readPipelineSettings } from './pipeline-settings.ts'

test('what is said is taken; service, repository and branch are version 1’s unless they are said', () => {
  expect(readPipelineSettings({ ...pipelineContext, PcaValidityInDays: '7' })).toEqual({
    ...pipelineContext,
    ConnectionService: 'codestar-connections',
    RepositoryName: 'aws-greengrass-labs-certificate-rotator',
    BranchName: 'main',
    BackendSettings: '',
  })
  const own = {
    ConnectionService: 'codeconnections',
    RepositoryName: 'my.fork',
    BranchName: 'releases/2.x',
  }
  expect(readPipelineSettings({ ...pipelineContext, ...own })).toMatchObject(own)
})

test('without a word of a pipeline, all is left to the deployment', () => {
  const unsaid = {
    ConnectionService: 'codestar-connections',
    RepositoryName: 'aws-greengrass-labs-certificate-rotator',
    BranchName: 'main',
  }
  expect(readPipelineSettings({})).toEqual(unsaid)
  expect(readPipelineSettings({ PcaCaId: '' })).toEqual(unsaid)
})

test('an authority alone is the backend’s, and means no pipeline', () => {
  const { PcaCaId } = pipelineContext
  expect(readPipelineSettings({ PcaCaId })).toMatchObject({ PcaCaId })
})

test.each(['ConnectionId', 'OwnerName', 'ThingGroupName', 'PcaCaId'] as const)(
  'a pipeline without %s is refused, and told what it lacks',
  name => {
    const { [name]: _, ...rest } = pipelineContext
    expect(() => readPipelineSettings(rest)).toThrow(`a pipeline needs ${name} too (-c ${name}=…)`)
  },
)

describe('what the backend is built with', () => {
  const BackendSettings =
    'UpgradeFromV1=true; PcaCaId=; TriggerThingGroup=cores; TriggerAfterDays=365; TriggerSchedule=rate(1 day)'

  test('is handed on as it is said', () => {
    expect(readPipelineSettings({ ...pipelineContext, BackendSettings })).toMatchObject({ BackendSettings })
  })

  test('may be what the page on the pipeline says', () => {
    const page = readFileSync(new URL('../../../../docs/how-to/pipeline.md', import.meta.url), 'utf8')
    const said = /-c BackendSettings="([^"]*)"/u.exec(page)?.[1]?.replace('$THING_GROUP_NAME', 'TestCores')
    expect(said).toContain('UpgradeFromV1=true')
    expect(readPipelineSettings({ ...pipelineContext, BackendSettings: said })).toMatchObject({
      BackendSettings: said,
    })
  })

  test('says that a pipeline is meant', () => {
    expect(() => readPipelineSettings({ BackendSettings })).toThrow(
      /a pipeline needs ConnectionId, OwnerName/u,
    )
  })

  test.each([
    ['UpgradeFromV1=yes', 'UpgradeFromV1: must be true or false'],
    ['TriggerAfterDays=365', 'triggers need TriggerThingGroup'],
    ['PcaRevokeOnRetirement=true', 'PcaRevokeOnRetirement needs PcaCaId'],
    ['PcaValidityInDays=365', 'PcaValidityInDays needs PcaCaId'],
    ['UpgradeFromV2=true', 'there is no UpgradeFromV2'],
    ['ThingGroupName=cores', 'there is no ThingGroupName'],
  ])('is refused before it is deployed where the build would refuse it: %s', (line, problem) => {
    expect(() => readPipelineSettings({ ...pipelineContext, BackendSettings: line })).toThrow(problem)
  })
})

describe('a value that AWS would refuse, or understand otherwise, is refused', () => {
  test.each([
    [
      'ConnectionId',
      'arn:aws:codeconnections:eu-west-1:123456789012:connection/01234567-89ab-cdef-0123-456789abcdef',
    ],
    ['ConnectionService', 'connections'],
    ['OwnerName', '/a-group'],
    ['OwnerName', ''],
    ['RepositoryName', 'owner/name'],
    ['BranchName', 'a branch'],
    ['ThingGroupName', 'a/group'],
    ['ThingGroupName', 'x'.repeat(129)],
    ['PcaCaId', 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1'],
    ['ThingGroupName', 7],
    ['BackendSettings', 'UpgradeFromV1'],
    ['BackendSettings', 'UpgradeFromV1=true,RetireHoldInSeconds=5; '],
    ['BackendSettings', '-c UpgradeFromV1=true'],
  ])('%s: %s', (name, value) => {
    expect(() => readPipelineSettings({ ...pipelineContext, [name]: value })).toThrow(
      new RegExp(`^The context of the synthesis cannot be used: ${name}: must be `, 'u'),
    )
  })
})
