import { describe, expect, test } from 'vitest'
import { mergeChanges } from '../config/config-merge.ts'
import { createConfigTree } from '../config/config-tree.ts'
import { resolveComponent } from '../deployments/resolve-component.ts'
import { parseRecipe } from '../lifecycle/recipe.ts'
import { rootLayout } from '../provision/root-layout.ts'
import { fixtureComponent, fixtureRecipe } from '../testing/core-process.ts'
import { isAllowed, mqttProxyService } from './access-control.ts'
import { resourceCovers } from './resource-match.ts'

describe('a resource', () => {
  test.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/bc', false],
    ['*', 'anything/at/all', true],
    ['a/*', 'a/b/c', true],
    ['a*c/d', 'axxxc/d', true],
    ['a*c/d', 'axxx/d', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a/b/c', false],
    ['a/+/c', 'a/b/c', true],
    ['a/+/c', 'a/b/x/c', false],
    ['+/b', 'a/b', true],
    ['a/+/c', 'a/+/c', true],
    ['a/b', 'a/+', false],
    ['a/#', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/#', 'ab', false],
    ['#', 'a/b', true],
    ['a/#', 'a/+/x', true],
    ['a/x+', 'a/xy', false],
    ['a/x+', 'a/x+', true],
    ['a/#/b', 'a/x/b', false],
    ['a/#/b', 'a/#/b', true],
    ['a/${*}', 'a/*', true],
    ['a/${*}', 'a/b', false],
    ['$aws/things/T/jobs/+/update', '$aws/things/T/jobs/j-1/update', true],
    ['a.b', 'axb', false],
    ['a\nb/*', 'a\nb/\n', true],
  ])('%j covers %j: %s', (resource, topic, covers) => {
    expect(resourceCovers(resource, topic)).toBe(covers)
  })
})

describe('access control from a recipe', () => {
  const treeWith = (interpolateConfiguration: boolean, thingName = 'dev:1_x-Y') => {
    const context = { layout: rootLayout('/gg'), thingName, interpolateConfiguration }
    const service = resolveComponent(parseRecipe(fixtureRecipe()), {}, context)
    return createConfigTree(mergeChanges(['services', fixtureComponent], service, 1))
  }
  const request = (operation: string, resource: string) => ({
    component: fixtureComponent,
    service: mqttProxyService,
    operation,
    resource,
  })

  test('grants the named operation on the thing’s own topics', () => {
    const tree = treeWith(true)
    const publish = 'aws.greengrass#PublishToIoTCore'
    expect(isAllowed(tree, request(publish, '$aws/things/dev:1_x-Y/jobs/j/update'))).toBe(true)
    expect(isAllowed(tree, request(publish, '$aws/things/other/jobs/j/update'))).toBe(false)
    expect(isAllowed(tree, request('aws.greengrass#SubscribeToIoTCore', 'open/x'))).toBe(true)
    expect(isAllowed(tree, request(publish, '$aws/things/dev:1_x-Y/jobs/j/update/accepted'))).toBe(false)
  })

  test('does not resolve the thing name unless the nucleus is told to interpolate', () => {
    const tree = treeWith(false)
    expect(
      isAllowed(tree, request('aws.greengrass#PublishToIoTCore', '$aws/things/dev:1_x-Y/jobs/j/update')),
    ).toBe(false)
  })

  test('grants nothing to another component, for another service or by a malformed policy', () => {
    const tree = treeWith(true)
    const allowed = request('aws.greengrass#PublishToIoTCore', 'open/x')
    expect(isAllowed(tree, allowed)).toBe(true)
    expect(isAllowed(tree, { ...allowed, component: 'other' })).toBe(false)
    expect(isAllowed(tree, { ...allowed, service: 'aws.greengrass.ipc.pubsub' })).toBe(false)
    const policies = ['services', 'c', 'configuration', 'accessControl', mqttProxyService]
    const malformed = createConfigTree(mergeChanges(policies, { p: 7, q: { operations: '*' } }, 1))
    expect(isAllowed(malformed, { ...allowed, component: 'c' })).toBe(false)
  })
})
