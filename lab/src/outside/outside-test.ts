import { test as trialTest } from '../whole/trial-test.ts'
import { awsCommand } from './aws-command.ts'
import { newClientIdentity } from './client-identity.ts'
import { deviceAuthority } from './device-authority.ts'
import { moveIn } from './greengrass-neighbour.ts'
import { requestIdentities } from './requested-identity.ts'
import { rotateByCli } from './rotation-by-cli.ts'

/** Tests of foreign clients: a cloud for the file, devices as real processes, and what a client needs to connect. */
export const test = trialTest
  /** Belongs to no thing, and may do anything with topics under `outside/`. */
  .extend('client', { scope: 'file' }, async ({ world }) => newClientIdentity(world, 'client', 'outside/*'))
  .extend('identityOf', { scope: 'file' }, async ({ world }) => requestIdentities(world))
  /** File with the certificate of the authority that issues devices' certificates. */
  .extend('authority', { scope: 'file' }, async ({ world }) => deviceAuthority(world))
  .extend('aws', { scope: 'file' }, async ({ world }) => awsCommand(world))
  .extend('rotated', { scope: 'file' }, async ({ world }, { onCleanup }) => rotateByCli(world, onCleanup))
  .extend('neighbour', { scope: 'file' }, async ({ world }, { onCleanup }) => moveIn(world, onCleanup))
